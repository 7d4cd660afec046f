// How a value may stand to others, and the signs for it.
#pragma once

#include <cstdint>

#include "report/query/lexer.h"
#include "report/query/value.h"

namespace tapstat::report::query {

enum class Relation : std::uint8_t {
  is_true,  // present, and neither false nor zero nor empty: without a sign
  equal,    // to one of several, or to another field
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  matches,  // a regular expression
};

struct RelationSign {
  std::string_view sign;
  Relation relation;
  bool negated = false;
};

// nullptr where the token is none.
[[nodiscard]] const RelationSign* sign_of(const Token& token);

// Whether `value`, of a field of that type, is equal to `low`, less than it, or greater than
// `high`; these are the same but for networks.
[[nodiscard]] bool compares(Relation relation, const Value& value, const Value& low,
                            const Value& high, FieldType type);

}  // namespace tapstat::report::query
