#include "report/query/layer2_field_tables.h"

#include <array>
#include <span>
#include <string_view>

#include "analysis/neighbors/binding.h"
#include "analysis/spanning_tree/topology.h"
#include "report/bpdu_words.h"

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

constexpr std::array<std::string_view, 5> kTreeProtocols = {"stp", "rstp", "mstp", "pvst+",
                                                            "rapid-pvst+"};
constexpr std::array<std::string_view, 2> kRootReasons = {"better id heard", "aged out"};
constexpr std::span<const std::string_view> kPortRoles = analysis::spanning_tree::kPortRoleNames;
constexpr std::span<const std::string_view> kPortStates = analysis::spanning_tree::kPortStateNames;

constexpr std::array kStpFields = {
    Field{"protocol", name, kTreeProtocols},
    Field{"vlan", number},
    Field{"msti", number},
    Field{"tunnel.kind", text},
    Field{"tunnel.outer_src", address},
    Field{"tunnel.outer_dst", address},
    Field{"tunnel.id", number},
    Field{"region.name", text},
    Field{"region.revision", number},
    Field{"region.digest", text},
    Field{"root.priority", number},
    Field{"root.system_id", number},
    Field{"root.mac", mac},
    Field{"root.since", time},
    Field{"hello_time", duration},
    Field{"max_age", duration},
    Field{"forward_delay", duration},
    Field{"bridges.bridge.priority", number},
    Field{"bridges.bridge.system_id", number},
    Field{"bridges.bridge.mac", mac},
    Field{"bridges.root_cost", number},
    Field{"bridges.internal_cost", number},
    Field{"bridges.root_port", number},
    Field{"bridges.inferred_root_port", number},
    Field{"bridges.ports.port", number},
    Field{"bridges.ports.input", text},
    Field{"bridges.ports.interface", text},
    Field{"bridges.ports.mac", mac},
    Field{"bridges.ports.role", name, kPortRoles},
    Field{"bridges.ports.state", name, kPortStates},
    Field{"bridges.ports.inferred_role", name, kPortRoles},
    Field{"bridges.ports.last", time},
    Field{"bridges.first", time},
    Field{"bridges.last", time},
    Field{"segments.input", text},
    Field{"segments.interface", text},
    Field{"segments.designated_bridge.priority", number},
    Field{"segments.designated_bridge.system_id", number},
    Field{"segments.designated_bridge.mac", mac},
    Field{"segments.designated_port", number},
    Field{"segments.root_cost", number},
    Field{"segments.internal_cost", number},
    Field{"segments.root.priority", number},
    Field{"segments.root.system_id", number},
    Field{"segments.root.mac", mac},
    Field{"segments.role", name, kPortRoles},
    Field{"segments.state", name, kPortStates},
    Field{"segments.message_age", duration},
    Field{"segments.remaining_hops", number},
    Field{"segments.rival.designated_bridge.priority", number},
    Field{"segments.rival.designated_bridge.system_id", number},
    Field{"segments.rival.designated_bridge.mac", mac},
    Field{"segments.rival.designated_port", number},
    Field{"segments.rival.root_cost", number},
    Field{"segments.rival.internal_cost", number},
    Field{"segments.rival.root.priority", number},
    Field{"segments.rival.root.system_id", number},
    Field{"segments.rival.root.mac", mac},
    Field{"segments.rival.last", time},
    Field{"segments.last", time},
    Field{"root_changes.t", time},
    Field{"root_changes.frame", number},
    Field{"root_changes.from.priority", number},
    Field{"root_changes.from.system_id", number},
    Field{"root_changes.from.mac", mac},
    Field{"root_changes.to.priority", number},
    Field{"root_changes.to.system_id", number},
    Field{"root_changes.to.mac", mac},
    Field{"root_changes.reason", name, kRootReasons},
    Field{"topology_changes.t", time},
    Field{"topology_changes.until", time},
    Field{"topology_changes.frame", number},
    Field{"topology_changes.by.priority", number},
    Field{"topology_changes.by.system_id", number},
    Field{"topology_changes.by.mac", mac},
    Field{"topology_changes.signals", number},
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
