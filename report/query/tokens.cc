#include "report/query/tokens.h"

#include <fmt/format.h>

namespace tapstat::report::query {

// After an error there is nothing more to read, so that no parser goes on.
void Tokens::advance() {
  taken_until_ = current_.place.begin + current_.place.size;
  auto next = lexer_.next();
  if (next && !error_) {
    current_ = std::move(*next);
    return;
  }
  if (!next) fail(std::move(next.error().message), next.error().place);
  current_ = Token{TokenKind::end, {text_.size(), 0}, {}};
}

bool Tokens::take(std::string_view what) {
  if (!is(what)) return false;
  advance();
  return true;
}

bool Tokens::expect(std::string_view what) {
  return take(what) || fail_here(fmt::format("{} is missing here", what));
}

bool Tokens::fail(std::string message, Place place) {
  if (!error_) error_ = Error{std::move(message), place};
  return false;
}

}  // namespace tapstat::report::query
