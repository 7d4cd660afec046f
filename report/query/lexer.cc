#include "report/query/lexer.h"

#include <algorithm>
#include <array>

#include "report/query/value.h"

namespace tapstat::report::query {
namespace {

// Longer ones before those that they begin with.
constexpr std::array<std::string_view, 17> kSymbols = {
    "==", "!=", "<=", ">=", "!~", "&&", "||", "..", "<", ">", "~", "!", "(", ")", "{", "}", ","};

// Any byte of a character beyond ASCII counts as a letter.
[[nodiscard]] bool is_word_character(char c) {
  constexpr std::string_view kPunctuation = "_.:/+-";
  return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80 || kPunctuation.find(c) != std::string_view::npos;
}

}  // namespace

bool Token::is(std::string_view what) const {
  if (kind == TokenKind::symbol) return text == what;
  return kind == TokenKind::word && same_name(text, what);
}

Result<Token> Lexer::next() {
  at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
  if (at_ == text_.size()) return take(TokenKind::end, 0);
  if (text_[at_] == '"' || text_[at_] == '\'') return take_quoted();
  if (const std::size_t size = symbol_size(); size > 0) return take(TokenKind::symbol, size);
  if (const std::size_t size = word_size(); size > 0) return take(TokenKind::word, size);
  const Place place{at_, 1};
  if (text_[at_] == '=') return tl::unexpected{Error{"compare with ==", place}};
  return tl::unexpected{Error{"no part of an expression; text stands in quotes", place}};
}

Token Lexer::take(TokenKind kind, std::size_t size) {
  Token token{kind, {at_, size}, std::string{text_.substr(at_, size)}};
  at_ += size;
  return token;
}

// Between equal quotes, of either kind. A backslash before a quote or a backslash stands for that;
// any other is left for the regular expression.
Result<Token> Lexer::take_quoted() {
  const std::size_t begin = at_;
  const char quote = text_[at_++];
  std::string content;
  for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
    const bool escapes = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                         (text_[at_ + 1] == quote || text_[at_ + 1] == '\\');
    if (escapes) ++at_;
    content.push_back(text_[at_]);
  }
  if (at_ == text_.size()) {
    return tl::unexpected{Error{"this quote is never closed", {begin, text_.size() - begin}}};
  }
  ++at_;
  return Token{TokenKind::quoted, {begin, at_ - begin}, std::move(content)};
}

std::size_t Lexer::symbol_size() const {
  const auto found = std::find_if(kSymbols.begin(), kSymbols.end(), [&](std::string_view symbol) {
    return text_.substr(at_).starts_with(symbol);
  });
  return found == kSymbols.end() ? 0 : found->size();
}

// Up to the ".." of a range, if there is one.
std::size_t Lexer::word_size() const {
  std::size_t end = at_;
  while (end < text_.size() && is_word_character(text_[end]) &&
         !text_.substr(end).starts_with("..")) {
    ++end;
  }
  return end - at_;
}

}  // namespace tapstat::report::query
