#include "report/query/layer2_field_tables.h"

#include <array>
#include <span>
#include <string_view>

#include "analysis/neighbors/binding.h"

namespace tapstat::report::query {
namespace {

using enum FieldType;

// But for the first, which is none: the field is absent then.
constexpr auto kDetails = std::span{analysis::neighbors::kDetailNames}.subspan(1);
constexpr std::array<std::string_view, 3> kSources = {"arp", "rarp", "nd"};
constexpr std::array<std::string_view, 4> kVirtual = {"vrrp", "hsrp", "glbp", "nlb"};

constexpr std::array kArpFields = {
    Field{"ip", address},
    Field{"mac", mac},
    Field{"vendor", text},
    Field{"virtual", name, kVirtual},
    Field{"state", name, analysis::neighbors::kStateNames},
    Field{"detail", name, kDetails},
    Field{"source", name, kSources},
    Field{"vlan", number},
    Field{"overlay.kind", text},
    Field{"overlay.id", number},
    Field{"first", time},
    Field{"last", time},
    Field{"requests", number},
    Field{"replies", number},
    Field{"gratuitous", number},
    Field{"announcements", number},
    Field{"probes", number},
    Field{"changes", number},
    Field{"router", boolean},
    Field{"history.mac", mac},
    Field{"history.first", time},
    Field{"history.last", time},
    Field{"history.frame", number},
    Field{"asked_by.mac", mac},
    Field{"asked_by.ip", address},
    Field{"asked_by.requests", number},
    Field{"asked_by.first", time},
    Field{"asked_by.last", time},
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
