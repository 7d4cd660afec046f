// An expression cut into words, quoted texts and symbols.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "report/query/error.h"

namespace tapstat::report::query {

enum class TokenKind : std::uint8_t {
  // A field, a keyword, or a value without quotes. Which one, and what it means, is told by where
  // it
  // stands: 80, 1h30m, 10k, 10.0.0.0/8, fe80::1, CLOSE_WAIT, 2026-11-21T14:05:00Z.
  word,
  quoted,
  // Texts that stand for themselves: == != < <= > >= ~ !~ && || ! ( ) { } , ..
  symbol,
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  Place place;
  std::string text;  // of what is quoted, without quotes and escapes

  // A symbol, or a keyword in any case.
  [[nodiscard]] bool is(std::string_view what) const;
};

class Lexer {
 public:
  // `expression` is borrowed.
  explicit Lexer(std::string_view expression) : text_(expression) {}

  // After the last token, `end` again and again.
  [[nodiscard]] Result<Token> next();

 private:
  [[nodiscard]] Token take(TokenKind kind, std::size_t size);
  [[nodiscard]] Result<Token> take_quoted();
  [[nodiscard]] std::size_t symbol_size() const;
  [[nodiscard]] std::size_t word_size() const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace tapstat::report::query
