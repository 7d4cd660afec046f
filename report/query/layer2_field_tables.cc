#include "report/query/layer2_field_tables.h"

#include <array>

namespace tapstat::report::query {
namespace {

using enum FieldType;

constexpr std::array kArpFields = {
    Field{"ip", address},
};

constexpr std::array<std::string_view, 3> kMacKinds = {"unicast", "multicast", "broadcast"};
constexpr std::array<std::string_view, 6> kGatewayEvidence = {
    "off_link", "ttl", "router_advertisement", "dhcp", "redirect", "arp_proxy"};

constexpr std::array kMacFields = {
    Field{"mac", mac},
    Field{"kind", name, kMacKinds},
    Field{"local", boolean},
    Field{"vendor", text},
    Field{"name", text},
    Field{"vlan", number},
    Field{"vlan_stacks", number},
    Field{"packets", number},
    Field{"bytes", number},
    Field{"sent.packets", number},
    Field{"sent.bytes", number},
    Field{"received.packets", number},
    Field{"received.bytes", number},
    Field{"first", time},
    Field{"last", time},
    Field{"ips", address},
    Field{"ip_count", number},
    Field{"interfaces", text},
    Field{"gateway.networks", text},
    Field{"gateway.ip_versions", number},
    Field{"gateway.network_count", number},
    Field{"gateway.how", name, kGatewayEvidence},
    Field{"gateway.via", address},
    Field{"note", text},
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
