// Expressions over the fields of one type of record, as formulas of tests that are checked already:
//
//   test     = field [ relation value | ("~" | "!~") pattern | ["not"] "in" set ]
//   relation = "==" | "!=" | "<" | "<=" | ">" | ">="
//   value    = literal | field
//   set      = element | "{" element { "," element } "}"
//   element  = literal [ ".." literal ]
#pragma once

#include <optional>
#include <string_view>

#include "report/query/predicate.h"
#include "report/query/tokens.h"

namespace tapstat::report::query {

class PredicateParser {
 public:
  // All are borrowed; the fields that the predicate asks for are asked of `collector`.
  PredicateParser(Tokens& tokens, RecordType type, FieldCollector& collector)
      : tokens_(tokens), type_(type), collector_(collector) {}

  // A formula, up to where none can go on. nullopt where something is wrong.
  [[nodiscard]] std::optional<Predicate> parse();

  // A field by itself.
  [[nodiscard]] std::optional<FieldName> parse_field();

 private:
  [[nodiscard]] bool parse_test(std::size_t& number);
  [[nodiscard]] bool parse_rest(const FieldName& field, Test& test);
  [[nodiscard]] bool parse_comparison(const FieldName& field, Test& test);
  [[nodiscard]] bool parse_other_field(const FieldName& field, Test& test);
  [[nodiscard]] bool parse_pattern(const FieldName& field, Test& test);
  [[nodiscard]] bool parse_set(const FieldName& field, Test& test);
  [[nodiscard]] bool parse_element(const FieldName& field, Test& test);
  [[nodiscard]] bool parse_literal(const FieldName& field, Literal& literal);
  [[nodiscard]] FieldUse use_of(const FieldName& field);

  Tokens& tokens_;
  RecordType type_;
  FieldCollector& collector_;
  Predicate predicate_;
};

// As the literals of a field are parsed: an age is compared with durations.
[[nodiscard]] Field compared_as(const FieldName& field);

}  // namespace tapstat::report::query
