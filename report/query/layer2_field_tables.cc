#include "report/query/layer2_field_tables.h"

#include <array>

namespace tapstat::report::query {
namespace {

using enum FieldType;

constexpr std::array kArpFields = {
    Field{"ip", address},
};

constexpr std::array kMacFields = {
    Field{"mac", mac},
};

constexpr std::array kStpFields = {
    Field{"protocol", text},
};

constexpr std::array kBpduFields = {
    Field{"frame", number},
};

}  // namespace

const RecordFields kArp{"arp", kArpFields, {}};
const RecordFields kMac{"mac", kMacFields, {}};
const RecordFields kStp{"stp", kStpFields, {}};
const RecordFields kBpdu{"bpdu", kBpduFields, {}};

}  // namespace tapstat::report::query
