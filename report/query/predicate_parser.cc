#include "report/query/predicate_parser.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "report/query/formula_parser.h"

namespace tapstat::report::query {
namespace {

[[nodiscard]] bool is_keyword(const Token& token) {
  return token.is("and") || token.is("or") || token.is("not") || token.is("in");
}

// What has other forms than one word may stand in quotes.
[[nodiscard]] bool may_be_quoted(FieldType type) {
  return has_text(type) || type == FieldType::time;
}

}  // namespace

Field compared_as(const FieldName& field) {
  Field as = field.field;
  if (field.is_age) as.type = FieldType::duration;
  return as;
}

std::optional<Predicate> PredicateParser::parse() {
  FormulaParser parser(tokens_, [this](std::size_t& number) { return parse_test(number); });
  predicate_ = Predicate{};
  if (!parser.parse(predicate_.formula) || tokens_.error()) return std::nullopt;
  return std::move(predicate_);
}

std::optional<FieldName> PredicateParser::parse_field() {
  const Token token = tokens_.current();
  if (token.kind != TokenKind::word || is_keyword(token)) {
    tokens_.fail_here("a field is missing here");
    return std::nullopt;
  }
  auto field = find_field(type_, token.text);
  tokens_.advance();
  if (!field && tokens_.is("(")) {
    tokens_.fail("no function can stand here; those there are go with --expect", token.place);
  } else if (!field) {
    tokens_.fail(unknown_field_text(type_, token.text), token.place);
  }
  return field;
}

bool PredicateParser::parse_test(std::size_t& number) {
  const auto field = parse_field();
  if (!field) return false;
  Test test;
  test.field = use_of(*field);
  if (!parse_rest(*field, test)) return false;
  number = predicate_.tests.size();
  predicate_.tests.push_back(std::move(test));
  return true;
}

bool PredicateParser::parse_rest(const FieldName& field, Test& test) {
  if (const RelationSign* sign = sign_of(tokens_.current())) {
    test.relation = sign->relation;
    test.negated = sign->negated;
    return test.relation == Relation::matches ? parse_pattern(field, test)
                                              : parse_comparison(field, test);
  }
  if (tokens_.take("not")) {
    test.negated = true;
    if (!tokens_.is("in")) return tokens_.fail_here("in is missing here: FIELD not in {...}");
  }
  return !tokens_.take("in") || parse_set(field, test);
}

bool PredicateParser::parse_comparison(const FieldName& field, Test& test) {
  const FieldType type = test.field.type;
  if (test.relation != Relation::equal && !has_order(type)) {
    return tokens_.fail_here(
        fmt::format("{} is {}, which has no order", field.text, description(type)));
  }
  tokens_.advance();
  const Token token = tokens_.current();
  const bool is_field = token.kind == TokenKind::word && type != FieldType::text &&
                        !query::parse_literal(compared_as(field), token.text) &&
                        find_field(type_, token.text).has_value();
  if (is_field) return parse_other_field(field, test);
  Literal literal;
  if (!parse_literal(field, literal)) return false;
  test.literals.push_back(literal);
  return true;
}

bool PredicateParser::parse_other_field(const FieldName& field, Test& test) {
  const Place place = tokens_.current().place;
  const auto other = parse_field();
  if (!other) return false;
  test.other = use_of(*other);
  if (test.other->type == test.field.type) return true;
  return tokens_.fail(
      fmt::format("{} is {}, and {} is {}", other->text, description(test.other->type), field.text,
                  description(test.field.type)),
      place);
}

bool PredicateParser::parse_pattern(const FieldName& field, Test& test) {
  if (!has_text(test.field.type)) {
    return tokens_.fail_here(fmt::format("{} is {}; only text matches a regular expression",
                                         field.text, description(test.field.type)));
  }
  tokens_.advance();
  const Token token = tokens_.current();
  if (token.kind != TokenKind::quoted && token.kind != TokenKind::word) {
    return tokens_.fail_here("a regular expression is missing here");
  }
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_case_sensitive(test.field.type != FieldType::name);
  test.pattern = std::make_unique<re2::RE2>(token.text, options);
  tokens_.advance();
  return test.pattern->ok() ||
         tokens_.fail(fmt::format("no regular expression: {}", test.pattern->error()), token.place);
}

bool PredicateParser::parse_set(const FieldName& field, Test& test) {
  test.relation = Relation::equal;
  if (!tokens_.take("{")) return parse_element(field, test);
  do {
    if (!parse_element(field, test)) return false;
  } while (tokens_.take(","));
  return tokens_.expect("}");
}

bool PredicateParser::parse_element(const FieldName& field, Test& test) {
  const Place place = tokens_.current().place;
  Literal literal;
  if (!parse_literal(field, literal)) return false;
  if (tokens_.take("..")) {
    Literal high;
    if (!parse_literal(field, high)) return false;
    auto range = join(literal, high, test.field.type);
    if (!range) {
      return tokens_.fail(std::move(range.error()),
                          {place.begin, tokens_.text_from(place.begin).size()});
    }
    literal = *range;
  }
  test.literals.push_back(literal);
  return true;
}

bool PredicateParser::parse_literal(const FieldName& field, Literal& literal) {
  const Token token = tokens_.current();
  const Field as = compared_as(field);
  if (token.kind != TokenKind::word && token.kind != TokenKind::quoted) {
    return tokens_.fail_here(fmt::format("{} is missing here", description(as.type)));
  }
  if (token.kind == TokenKind::quoted && !may_be_quoted(as.type)) {
    return tokens_.fail_here(
        fmt::format("{} is {}, and this is text", field.text, description(as.type)));
  }
  auto parsed = query::parse_literal(as, predicate_.texts.emplace_back(token.text));
  tokens_.advance();
  if (!parsed) return tokens_.fail(std::move(parsed.error()), token.place);
  literal = *parsed;
  return true;
}

FieldUse PredicateParser::use_of(const FieldName& field) {
  if (field.of_either_end) predicate_.of_either_end = true;
  return FieldUse::of(field, collector_);
}

}  // namespace tapstat::report::query
