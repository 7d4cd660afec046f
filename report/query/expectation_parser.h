// The grammar of expectation.h.
#pragma once

#include <optional>

#include "report/query/expectation.h"
#include "report/query/tokens.h"

namespace tapstat::report::query {

class ExpectationParser {
 public:
  // Both are borrowed.
  ExpectationParser(Tokens& tokens, Expectation& into) : tokens_(tokens), into_(into) {}

  // The whole expression; false where something is wrong with it.
  [[nodiscard]] bool parse();

 private:
  // A side of a relation before the other one tells what a literal is.
  struct Side {
    Expectation::Operand operand{};
    Token token{};
  };

  [[nodiscard]] bool parse_comparison(std::size_t& number);
  [[nodiscard]] bool parse_side(Side& side);
  [[nodiscard]] bool parse_aggregate(Aggregate::Function function, Side& side);
  [[nodiscard]] bool parse_arguments(Aggregate& aggregate);
  [[nodiscard]] bool parse_field(Aggregate& aggregate);
  [[nodiscard]] bool settle(Side& side, const Side& other);
  [[nodiscard]] const Aggregate* aggregate_of(const Side& side) const;

  Tokens& tokens_;
  Expectation& into_;
};

}  // namespace tapstat::report::query
