#include "analysis/spanning_tree/topology.h"

#include <algorithm>
#include <tuple>

namespace tapstat::analysis::spanning_tree {
namespace {

using decode::BpduRole;
using std::chrono::nanoseconds;

// Flags of RSTP tell it. Of STP only time does: a designated port listens and learns for a forward
// delay each, and forwards then (802.1D-1998 section 8.4); a hello more, for clocks are not exact.
[[nodiscard]] std::optional<PortState> state_of(const Claim& claim, Timestamp now) {
  const Message& m = claim.message;
  if (m.version != 0) {
    if (m.flags.forwarding()) return PortState::forwarding;
    return m.flags.learning() ? PortState::learning : PortState::discarding;
  }
  const nanoseconds wait = 2 * nanoseconds{m.timers.forward_delay} + m.timers.hello_time;
  if (claim.defiant_since || !claim.is_fresh_at(now)) return std::nullopt;
  return now - claim.first.time > wait ? std::optional{PortState::forwarding} : std::nullopt;
}

// A bridge may have given itself another id since, or have one for each VLAN.
[[nodiscard]] bool is_claim_of(const Claim& claim, const Bridge& bridge, const Port& port) {
  const Vector& v = claim.message.vector;
  return v.bridge.mac() == bridge.id.mac() && v.port == port.id;
}

[[nodiscard]] auto distance(const Vector& v) {
  return std::tuple(v.external_cost, v.internal_cost);
}

}  // namespace

const PortView* BridgeView::root_port() const {
  const auto found = std::find_if(ports.begin(), ports.end(), [](const PortView& p) {
    return p.role == PortRole::root || p.role == PortRole::master;
  });
  return found == ports.end() ? nullptr : &*found;
}

const PortView* BridgeView::inferred_root_port() const {
  const auto found = std::find_if(ports.begin(), ports.end(),
                                  [](const PortView& p) { return p.inferred == PortRole::root; });
  return found == ports.end() ? nullptr : &*found;
}

Topology::Topology(const Instance& instance, Timestamp now) : instance_(instance), now_(now) {
  instance_.advance_to(now);
  see_segments();
  see_bridges();
}

void Topology::see_segments() {
  for (const Segment& s : instance_.segments()) {
    const auto& claims = s.claims();
    if (claims.empty()) {
      segments_.push_back({&s, nullptr, std::nullopt, nullptr});
      continue;
    }
    const std::size_t shown = s.sees_several() ? claims.size() : 1;
    for (std::size_t i = 0; i < shown; ++i) {
      const Claim* rival = s.rival(now_);
      segments_.push_back(
          {&s, &claims[i], rival == nullptr ? state_of(claims[i], now_) : std::nullopt, rival});
    }
  }
}

void Topology::see_bridges() {
  const auto root = instance_.roots().root();
  for (const Bridge& bridge : instance_.bridges()) {
    BridgeView view;
    view.bridge = &bridge;
    view.is_root = root && bridge.id == *root;
    for (const Port& port : bridge.ports) view.ports.push_back(view_of(bridge, port));
    std::sort(view.ports.begin(), view.ports.end(), [](const PortView& a, const PortView& b) {
      return std::tuple(a.port->id, a.port->point) < std::tuple(b.port->id, b.port->point);
    });
    note_cost(view);
    bridges_.push_back(std::move(view));
  }
  std::sort(bridges_.begin(), bridges_.end(), [](const BridgeView& a, const BridgeView& b) {
    return std::tuple(!a.is_root, a.bridge->id) < std::tuple(!b.is_root, b.bridge->id);
  });
  for (BridgeView& bridge : bridges_) infer(bridge);
}

// A bridge that has fallen silent everywhere may have come nearer to the root since it last spoke.
void Topology::note_cost(BridgeView& bridge) const {
  const auto& vector = bridge.bridge->vector;
  if (!vector || vector->root != instance_.roots().root()) return;
  const bool is_heard = std::any_of(bridge.ports.begin(), bridge.ports.end(),
                                    [](const PortView& p) { return p.role.has_value(); });
  if (!is_heard) return;
  bridge.root_cost = root_cost(instance_.key(), *vector);
  if (instance_.version() >= 3) bridge.internal_cost = vector->internal_cost;
}

PortView Topology::view_of(const Bridge& bridge, const Port& port) const {
  PortView view;
  view.port = &port;
  view.role = seen_role(bridge, port);
  if (view.role == PortRole::designated) {
    const SegmentView* segment = segment_of(view);
    if (segment != nullptr) view.state = segment->state;
  } else if (view.role && instance_.version() != 0) {
    view.state = port.flags.forwarding() ? PortState::forwarding
                 : port.flags.learning() ? PortState::learning
                                         : PortState::discarding;
    // Of a TCN there are no flags.
    if (port.flags.role() != port.role) view.state.reset();
  }
  return view;
}

// Designated while what it said is held. Root and alternate ports speak only now and then: what
// they say holds as long as RSTP would hold it (three hellos), and until the bridge says another
// thing; a TCN, which says nothing of any cost, as long as it would be repeated unless
// acknowledged.
std::optional<PortRole> Topology::seen_role(const Bridge& bridge, const Port& port) const {
  if (port.role == BpduRole::designated) {
    for (const SegmentView& s : segments_) {
      if (s.segment->point() != port.point || s.designated == nullptr) continue;
      if (is_claim_of(*s.designated, bridge, port)) return PortRole::designated;
      // A rival may have yielded to what came after its last word.
      const bool is_rival = s.rival != nullptr && is_claim_of(*s.rival, bridge, port);
      if (is_rival && s.designated->last.time < s.rival->last.time) return PortRole::designated;
    }
    return std::nullopt;
  }
  const int hellos = port.flags.role() == port.role ? 3 : 1;
  if (now_ - port.last.time > hellos * nanoseconds{instance_.timers().hello_time}) {
    return std::nullopt;
  }
  if (!port.role) return std::nullopt;
  switch (*port.role) {
    case BpduRole::root:
      return PortRole::root;
    case BpduRole::alternate_or_backup: {
      const auto on_own_segment = [&](const SegmentView& s) {
        return s.segment->point() == port.point && s.designated != nullptr &&
               s.designated->message.vector.bridge == bridge.id;
      };
      const bool is_backup = std::any_of(segments_.begin(), segments_.end(), on_own_segment);
      return is_backup ? PortRole::backup : PortRole::alternate;
    }
    case BpduRole::unknown:  // of an MSTI that is master, of others nothing
      return instance_.key().kind == InstanceKey::Kind::msti ? std::optional{PortRole::master}
                                                             : std::nullopt;
    case BpduRole::designated:
      break;
  }
  return std::nullopt;
}

// Whether another bridge serves the segment where the port only listens.
bool Topology::is_served_by_another(const BridgeView& bridge, const PortView& port) const {
  const SegmentView* segment = segment_of(port);
  return !port.role && segment != nullptr && segment->designated != nullptr &&
         segment->rival == nullptr &&
         segment->designated->message.vector.bridge.mac() != bridge.bridge->id.mac();
}

// Ports that were heard on a segment, have no word in it now, and belong to a bridge that is not
// the root:
// - what was the root port when it last said so, and nothing else was said since, is it still;
// - a bridge has one root port (802.1D-2004 section 17.6): where that is known the others are not;
// - one whose segment is no nearer to the root than the bridge itself cannot be the root port.
// The bridge may have other ports that nobody hears: that only one is left proves nothing.
void Topology::infer(BridgeView& bridge) const {
  if (bridge.is_root) return;
  std::optional<std::uint16_t> root_port;
  if (const PortView* port = bridge.root_port()) root_port = port->port->id;
  for (PortView& port : bridge.ports) {
    const bool was_root =
        port.port->role == BpduRole::root && port.port->last.time >= instance_.roots().since();
    if (root_port || !was_root || !is_served_by_another(bridge, port)) continue;
    port.inferred = PortRole::root;
    root_port = port.port->id;
  }
  for (PortView& port : bridge.ports) {
    if (port.inferred || !is_served_by_another(bridge, port)) continue;
    if (root_port) {
      // The same port may be heard at two capture points.
      port.inferred = port.port->id == *root_port ? PortRole::root : PortRole::alternate;
      continue;
    }
    const Vector& offered = segment_of(port)->designated->message.vector;
    if (!bridge.root_cost || offered.root != bridge.bridge->vector->root) continue;
    if (distance(offered) >= distance(*bridge.bridge->vector)) port.inferred = PortRole::alternate;
  }
}

const BridgeView* Topology::bridge(BridgeId id) const {
  const auto found = std::find_if(bridges_.begin(), bridges_.end(), [&](const BridgeView& b) {
    return b.bridge->id.mac() == id.mac();
  });
  return found == bridges_.end() ? nullptr : &*found;
}

// Of a capture point that sees several segments it is only known for designated ports which one.
const SegmentView* Topology::segment_of(const PortView& port) const {
  for (const SegmentView& s : segments_) {
    if (s.segment->point() != port.port->point) continue;
    if (!s.segment->sees_several()) return &s;
    const bool is_its = s.designated->source == port.port->source &&
                        s.designated->message.vector.port == port.port->id;
    if (is_its) return &s;
  }
  return nullptr;
}

}  // namespace tapstat::analysis::spanning_tree
