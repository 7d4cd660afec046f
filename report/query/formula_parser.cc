#include "report/query/formula_parser.h"

namespace tapstat::report::query {

// Recursion ends at kDeepest (parse_group).
// NOLINTBEGIN(misc-no-recursion)

bool FormulaParser::parse(Formula& formula) {
  if (!parse_all(formula)) return false;
  while (tokens_.take("or") || tokens_.take("||")) {
    const std::size_t jump = formula.jump(Formula::Operation::jump_if_true);
    if (!parse_all(formula)) return false;
    formula.aim_here(jump);
  }
  return true;
}

bool FormulaParser::parse_all(Formula& formula) {
  if (!parse_one(formula)) return false;
  while (tokens_.take("and") || tokens_.take("&&")) {
    const std::size_t jump = formula.jump(Formula::Operation::jump_if_false);
    if (!parse_one(formula)) return false;
    formula.aim_here(jump);
  }
  return true;
}

bool FormulaParser::parse_one(Formula& formula) {
  bool negated = false;
  while (tokens_.take("not") || tokens_.take("!")) negated = !negated;
  if (tokens_.is("(")) {
    if (!parse_group(formula)) return false;
  } else {
    std::size_t number = 0;
    if (!parse_test_(number)) return false;
    formula.test(number);
  }
  if (negated) formula.negate();
  return true;
}

bool FormulaParser::parse_group(Formula& formula) {
  if (depth_ == kDeepest) return tokens_.fail_here("too many parentheses in one another");
  ++depth_;
  tokens_.advance();
  const bool parsed = parse(formula) && tokens_.expect(")");
  --depth_;
  return parsed;
}

// NOLINTEND(misc-no-recursion)

}  // namespace tapstat::report::query
