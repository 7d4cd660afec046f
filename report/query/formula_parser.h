// The part of the grammar that all expressions share:
//
//   formula = all { ("or" | "||") all }
//   all     = one { ("and" | "&&") one }
//   one     = { "not" | "!" } ( "(" formula ")" | test )
#pragma once

#include <cstddef>
#include <functional>

#include "report/query/predicate.h"
#include "report/query/tokens.h"

namespace tapstat::report::query {

class FormulaParser {
 public:
  // Parses one test and stores its number; false where there is none (Tokens::fail).
  using ParseTest = std::function<bool(std::size_t& number)>;

  FormulaParser(Tokens& tokens, ParseTest parse_test)
      : tokens_(tokens), parse_test_(std::move(parse_test)) {}

  // False where something is wrong.
  [[nodiscard]] bool parse(Formula& formula);

 private:
  // Of parentheses in one another: what parses them calls itself.
  static constexpr int kDeepest = 100;

  [[nodiscard]] bool parse_all(Formula& formula);
  [[nodiscard]] bool parse_one(Formula& formula);
  [[nodiscard]] bool parse_group(Formula& formula);

  Tokens& tokens_;
  ParseTest parse_test_;
  int depth_ = 0;
};

}  // namespace tapstat::report::query
