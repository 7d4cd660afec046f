#include "report/query/layer2_field_tables.h"

#include <array>

#include "report/bpdu_words.h"

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
    Field{"t", time},
    Field{"frame", number},
    Field{"input", text},
    Field{"interface", text},
    Field{"src", mac},
    Field{"vlan", number},
    Field{"tunnel.kind", text},
    Field{"tunnel.outer_src", address},
    Field{"tunnel.outer_dst", address},
    Field{"tunnel.id", number},
    Field{"error", text},
    Field{"protocol_version", number},
    Field{"bpdu_type", name, kBpduTypeNames},
    Field{"encapsulation", name, kBpduEncapsulationNames},
    Field{"pvid", number},
    Field{"flags", number},
    Field{"flag_names", name, kBpduFlagNames},
    Field{"role", name, kBpduRoleNames},
    Field{"root.priority", number},
    Field{"root.system_id", number},
    Field{"root.mac", mac},
    Field{"root_cost", number},
    Field{"bridge.priority", number},
    Field{"bridge.system_id", number},
    Field{"bridge.mac", mac},
    Field{"port", number},
    Field{"message_age", duration},
    Field{"max_age", duration},
    Field{"hello_time", duration},
    Field{"forward_delay", duration},
    Field{"mst.format", number},
    Field{"mst.region", text},
    Field{"mst.revision", number},
    Field{"mst.digest", text},
    Field{"mst.pre_standard", boolean},
    Field{"mst.internal_cost", number},
    Field{"mst.bridge.priority", number},
    Field{"mst.bridge.system_id", number},
    Field{"mst.bridge.mac", mac},
    Field{"mst.remaining_hops", number},
    Field{"mst.instances.msti", number},
    Field{"mst.instances.flags", number},
    Field{"mst.instances.flag_names", name, kBpduFlagNames},
    Field{"mst.instances.role", name, kBpduRoleNames},
    Field{"mst.instances.regional_root.priority", number},
    Field{"mst.instances.regional_root.system_id", number},
    Field{"mst.instances.regional_root.mac", mac},
    Field{"mst.instances.internal_cost", number},
    Field{"mst.instances.bridge_priority", number},
    Field{"mst.instances.port_priority", number},
    Field{"mst.instances.remaining_hops", number},
};

}  // namespace

const RecordFields kArp{"arp", kArpFields, {}};
const RecordFields kMac{"mac", kMacFields, {}};
const RecordFields kStp{"stp", kStpFields, {}};
const RecordFields kBpdu{"bpdu", kBpduFields, {}};

}  // namespace tapstat::report::query
