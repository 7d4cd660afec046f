#include "report/query/expectation_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/query/formula_parser.h"
#include "report/query/predicate_parser.h"

namespace tapstat::report::query {
namespace {

using Function = Aggregate::Function;

struct FunctionName {
  std::string_view name;
  Function function;
};
constexpr std::array kFunctions = {
    FunctionName{"count", Function::count}, FunctionName{"sum", Function::sum},
    FunctionName{"max", Function::max},     FunctionName{"min", Function::min},
    FunctionName{"avg", Function::avg},
};

[[nodiscard]] std::optional<Function> function_of(const Token& token) {
  const auto found = std::find_if(kFunctions.begin(), kFunctions.end(),
                                  [&](const FunctionName& f) { return token.is(f.name); });
  return found == kFunctions.end() ? std::nullopt : std::optional{found->function};
}

[[nodiscard]] bool applies_to(Function function, FieldType type) {
  const bool has_extremes = function == Function::max || function == Function::min;
  return type == FieldType::number || type == FieldType::duration ||
         (has_extremes && type == FieldType::time);
}

}  // namespace

bool ExpectationParser::parse() {
  FormulaParser parser(tokens_, [this](std::size_t& number) { return parse_comparison(number); });
  if (!parser.parse(into_.formula_)) return false;
  if (tokens_.error()) return false;
  return tokens_.current().kind == TokenKind::end ||
         tokens_.fail_here("no expectation goes on like this; and, or, or an end is missing");
}

bool ExpectationParser::parse_comparison(std::size_t& number) {
  Expectation::Comparison comparison;
  Side left, right;
  const std::size_t begin = tokens_.current().place.begin;
  if (!parse_side(left)) return false;
  const RelationSign* sign = sign_of(tokens_.current());
  if (sign == nullptr || sign->relation == Relation::matches) {
    return tokens_.fail_here("a comparison (== != < <= > >=) is missing here");
  }
  tokens_.advance();
  if (!parse_side(right)) return false;
  if (aggregate_of(left) == nullptr && aggregate_of(right) == nullptr) {
    return tokens_.fail("nothing of the records is compared here; use count, sum, max, min or avg",
                        {begin, tokens_.text_from(begin).size()});
  }
  if (!settle(left, right) || !settle(right, left)) return false;
  number = into_.comparisons_.size();
  into_.comparisons_.push_back({sign->relation, sign->negated, left.operand, right.operand});
  return true;
}

bool ExpectationParser::parse_side(Side& side) {
  side.token = tokens_.current();
  if (side.token.kind != TokenKind::word) {
    return tokens_.fail_here(
        "count(...), sum(FIELD), max(FIELD), min(FIELD), avg(FIELD) or a "
        "number is missing here");
  }
  tokens_.advance();
  if (!tokens_.is("(")) return true;
  if (const auto function = function_of(side.token)) return parse_aggregate(*function, side);
  return tokens_.fail("no such function; there are count, sum, max, min and avg", side.token.place);
}

bool ExpectationParser::parse_aggregate(Function function, Side& side) {
  Aggregate aggregate;
  aggregate.function = function;
  if (!tokens_.expect("(") || !parse_arguments(aggregate) || !tokens_.expect(")")) return false;
  aggregate.text = tokens_.text_from(side.token.place.begin);
  side.token.place.size = aggregate.text.size();
  side.operand.aggregate = into_.aggregates_.size();
  into_.aggregates_.push_back(std::move(aggregate));
  return true;
}

bool ExpectationParser::parse_arguments(Aggregate& aggregate) {
  if (aggregate.function == Function::count) {
    if (tokens_.is(")")) return true;
  } else {
    if (!parse_field(aggregate)) return false;
    if (!tokens_.take(",")) return true;
  }
  auto where = PredicateParser(tokens_, into_.type_, into_.fields_).parse();
  if (where) aggregate.where = std::move(*where);
  return where.has_value();
}

bool ExpectationParser::parse_field(Aggregate& aggregate) {
  const Place place = tokens_.current().place;
  const auto field = PredicateParser(tokens_, into_.type_, into_.fields_).parse_field();
  if (!field) return false;
  aggregate.field = FieldUse::of(*field, into_.fields_);
  aggregate.of_either_end = field->of_either_end;
  aggregate.type = aggregate.field.type;
  return applies_to(aggregate.function, aggregate.type) ||
         tokens_.fail(fmt::format("{} is {}; this function needs a number or a duration",
                                  field->text, description(aggregate.type)),
                      place);
}

// What the other side is tells what a literal has to be.
bool ExpectationParser::settle(Side& side, const Side& other) {
  const Aggregate* const there = aggregate_of(other);
  if (const Aggregate* const here = aggregate_of(side)) {
    return there == nullptr || there->type == here->type ||
           tokens_.fail(fmt::format("this is {}, and {} is {}", description(here->type),
                                    there->text, description(there->type)),
                        side.token.place);
  }
  auto literal = parse_literal(Field{there->text, there->type}, side.token.text);
  if (!literal) return tokens_.fail(std::move(literal.error()), side.token.place);
  side.operand.literal = *literal;
  return true;
}

const Aggregate* ExpectationParser::aggregate_of(const Side& side) const {
  return side.operand.aggregate ? &into_.aggregates_[*side.operand.aggregate] : nullptr;
}

}  // namespace tapstat::report::query
