#include "report/query/forwarding_field_tables.h"

#include <array>

namespace tapstat::report::query {
namespace {

using enum FieldType;

constexpr std::array kLvsServiceFields = {Field{"vip", address}};
constexpr std::array kLvsPathFields = {Field{"vip", address}};
constexpr std::array kNatFields = {Field{"protocol", text}};

}  // namespace

const RecordFields kLvsService{"lvs_service", kLvsServiceFields, {}};
const RecordFields kLvsPath{"lvs_path", kLvsPathFields, {}};
const RecordFields kNat{"nat", kNatFields, {}};

}  // namespace tapstat::report::query
