#include "report/query/relation.h"

#include <algorithm>
#include <array>

namespace tapstat::report::query {
namespace {

constexpr std::array kSigns = {
    RelationSign{"==", Relation::equal},  RelationSign{"!=", Relation::equal, true},
    RelationSign{"<", Relation::less},    RelationSign{"<=", Relation::less_or_equal},
    RelationSign{">", Relation::greater}, RelationSign{">=", Relation::greater_or_equal},
    RelationSign{"~", Relation::matches}, RelationSign{"!~", Relation::matches, true},
};

}  // namespace

const RelationSign* sign_of(const Token& token) {
  if (token.kind != TokenKind::symbol) return nullptr;
  const auto found = std::find_if(kSigns.begin(), kSigns.end(),
                                  [&](const RelationSign& s) { return token.text == s.sign; });
  return found == kSigns.end() ? nullptr : found;
}

bool compares(Relation relation, const Value& value, const Value& low, const Value& high,
              FieldType type) {
  if (value.index() != low.index()) return false;
  switch (relation) {
    case Relation::equal:
      return equal(value, low, type);
    case Relation::less:
      return less(value, low);
    case Relation::less_or_equal:
      return !less(high, value);
    case Relation::greater:
      return less(high, value);
    case Relation::greater_or_equal:
      return !less(value, low);
    case Relation::is_true:
    case Relation::matches:
      break;
  }
  return false;
}

}  // namespace tapstat::report::query
