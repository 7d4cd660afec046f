#include "report/tree_record.h"

#include <fmt/format.h>

#include <variant>

#include "report/bridge_text.h"
#include "report/records.h"
#include "report/tree_names.h"

namespace tapstat::report {
namespace {

using analysis::spanning_tree::BridgeView;
using analysis::spanning_tree::Claim;
using analysis::spanning_tree::Episode;
using analysis::spanning_tree::Instance;
using analysis::spanning_tree::InstanceKey;
using analysis::spanning_tree::kPortRoleNames;
using analysis::spanning_tree::kPortStateNames;
using analysis::spanning_tree::PortRole;
using analysis::spanning_tree::PortState;
using analysis::spanning_tree::PortView;
using analysis::spanning_tree::RootChange;
using analysis::spanning_tree::RootHistory;
using analysis::spanning_tree::SegmentView;
using analysis::spanning_tree::Signaller;
using analysis::spanning_tree::Topology;
using analysis::spanning_tree::TopologyChanges;
using analysis::spanning_tree::TreeTimers;
using analysis::spanning_tree::Vector;
using std::chrono::nanoseconds;

void write_key(const InstanceKey& key, std::uint8_t version, RecordWriter& json) {
  if (key.kind == InstanceKey::Kind::msti) {
    json.field("msti", key.number);
  } else if (key.kind == InstanceKey::Kind::cisco || key.number != 0) {
    json.field("vlan", key.number);
  } else if (version >= 3) {
    json.field("msti", 0u);
  }
}

void write_region(const decode::MstRegion& region, RecordWriter& json) {
  std::string digest;
  for (const std::uint8_t octet : region.digest) digest += fmt::format("{:02x}", octet);
  json.begin_object("region")
      .field("name", region.name)
      .field("revision", region.revision)
      .field("digest", digest)
      .end_object();
}

void write_role(std::string_view key, const std::optional<PortRole>& role, RecordWriter& json) {
  if (role) json.field(key, kPortRoleNames[static_cast<std::size_t>(*role)]);
}

void write_state(const std::optional<PortState>& state, RecordWriter& json) {
  if (state) json.field("state", kPortStateNames[static_cast<std::size_t>(*state)]);
}

void write_port(const Report& report, const PortView& port, RecordWriter& json) {
  json.begin_object().field("port", port.port->id);
  write_point(report, port.port->point, json);
  json.field("mac", port.port->source);
  write_role("role", port.role, json);
  write_state(port.state, json);
  write_role("inferred_role", port.inferred, json);
  json.field("last", port.port->last.time).end_object();
}

void write_bridge_view(const Report& report, const BridgeView& bridge, RecordWriter& json) {
  json.begin_object();
  write_bridge("bridge", bridge.bridge->id, json);
  json.field("root_cost", bridge.root_cost).field("internal_cost", bridge.internal_cost);
  if (const PortView* port = bridge.root_port()) json.field("root_port", port->port->id);
  if (const PortView* port = bridge.inferred_root_port()) {
    json.field("inferred_root_port", port->port->id);
  }
  json.begin_array("ports");
  for (const PortView& port : bridge.ports) write_port(report, port, json);
  json.end_array()
      .field("first", bridge.bridge->first.time)
      .field("last", bridge.bridge->last.time)
      .end_object();
}

void write_claim(const Claim& claim, RecordWriter& json) {
  const Vector& v = claim.message.vector;
  write_bridge("designated_bridge", v.bridge, json);
  json.field("designated_port", v.port);
  const InstanceKey& key = claim.message.key;
  json.field("root_cost", root_cost(key, v));
  const bool is_cist = key.kind != InstanceKey::Kind::msti && claim.message.region;
  if (is_cist) json.field("internal_cost", v.internal_cost);
  write_bridge("root", v.root, json);
}

void write_segment(const Report& report, const SegmentView& segment, RecordWriter& json) {
  json.begin_object();
  write_point(report, segment.segment->point(), json);
  if (const Claim* claim = segment.designated) {
    write_claim(*claim, json);
    json.field("role", "designated");
    write_state(segment.state, json);
    json.field("message_age", nanoseconds{claim->message.message_age});
    if (claim->message.remaining_hops) json.field("remaining_hops", *claim->message.remaining_hops);
    if (segment.rival != nullptr) {
      json.begin_object("rival");
      write_claim(*segment.rival, json);
      json.field("last", segment.rival->last.time).end_object();
    }
    json.field("last", claim->last.time);
  } else {
    json.field("last", segment.segment->last_heard().time);
  }
  json.end_object();
}

void write_root_changes(const Report& report, const RootHistory& roots, RecordWriter& json) {
  json.begin_array("root_changes");
  for (const RootChange& change : roots.changes()) {
    if (report.from && change.when.time < *report.from) continue;
    json.begin_object().field("t", change.when.time).field("frame", change.when.frame);
    write_bridge("from", change.from, json);
    write_bridge("to", change.to, json);
    const bool better = change.reason() == RootChange::Reason::better_id_heard;
    json.field("reason", better ? "better id heard" : "aged out").end_object();
  }
  json.end_array();
}

void write_signaller(const Signaller& by, RecordWriter& json) {
  if (const auto* bridge = std::get_if<decode::BridgeId>(&by)) {
    return write_bridge("by", *bridge, json);
  }
  const auto& mac = std::get<decode::MacAddress>(by);
  if (!decode::is_zero(mac)) json.begin_object("by").field("mac", mac).end_object();
}

void write_episodes(const Report& report, const TopologyChanges& changes, RecordWriter& json) {
  json.begin_array("topology_changes");
  for (const Episode& episode : changes.episodes()) {
    if (report.from && episode.last.time < *report.from) continue;
    json.begin_object()
        .field("t", episode.first.time)
        .field("until", episode.last.time)
        .field("frame", episode.first.frame);
    write_signaller(episode.by, json);
    json.field("signals", episode.signals).end_object();
  }
  json.end_array();
}

}  // namespace

void write_tree(const Report& report, const Topology& tree, RecordWriter& json) {
  const Instance& instance = tree.instance();
  json.begin_object().field("type", "stp").field("protocol", protocol_name(instance));
  write_key(instance.key(), instance.version(), json);
  if (instance.key().tunnel != 0) write_path(report, {}, instance.key().tunnel, json);
  if (instance.key().kind == InstanceKey::Kind::msti) write_region(instance.key().region, json);
  if (const auto root = instance.roots().root()) {
    json.begin_object("root")
        .field("priority", root->priority())
        .field("system_id", root->system_id())
        .field("mac", root->mac())
        .field("since", instance.roots().since())
        .end_object();
    const TreeTimers& timers = instance.timers();
    json.field("hello_time", nanoseconds{timers.hello_time})
        .field("max_age", nanoseconds{timers.max_age})
        .field("forward_delay", nanoseconds{timers.forward_delay});
  }
  json.begin_array("bridges");
  for (const BridgeView& bridge : tree.bridges()) write_bridge_view(report, bridge, json);
  json.end_array().begin_array("segments");
  for (const SegmentView& segment : tree.segments()) write_segment(report, segment, json);
  json.end_array();
  write_root_changes(report, instance.roots(), json);
  write_episodes(report, instance.changes(), json);
  json.end_object();
}

}  // namespace tapstat::report
