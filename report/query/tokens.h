// The tokens of an expression, one at a time, and the first thing that is wrong with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "report/query/error.h"
#include "report/query/lexer.h"

namespace tapstat::report::query {

class Tokens {
 public:
  // `expression` is borrowed.
  explicit Tokens(std::string_view expression) : text_(expression), lexer_(expression) {
    advance();
  }

  [[nodiscard]] const Token& current() const { return current_; }
  [[nodiscard]] bool is(std::string_view what) const { return current_.is(what); }
  void advance();

  // Goes on behind the symbol or keyword where it stands here; whether it does.
  [[nodiscard]] bool take(std::string_view what);
  // Likewise, and fails where it does not.
  [[nodiscard]] bool expect(std::string_view what);

  // Notes what is wrong, unless something was before, and answers false.
  bool fail(std::string message, Place place);
  bool fail_here(std::string message) { return fail(std::move(message), current_.place); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  // What stands from there up to the end of the last token that was taken.
  [[nodiscard]] std::string_view text_from(std::size_t begin) const {
    return text_.substr(begin, taken_until_ - begin);
  }

 private:
  std::string_view text_;
  Lexer lexer_;
  Token current_{};
  std::size_t taken_until_ = 0;
  std::optional<Error> error_{};
};

}  // namespace tapstat::report::query
