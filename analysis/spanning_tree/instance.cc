#include "analysis/spanning_tree/instance.h"

#include <algorithm>
#include <tuple>

namespace tapstat::analysis::spanning_tree {
namespace {

using decode::BpduRole;

// How near to the root a claim is said to be.
[[nodiscard]] auto distance(const Vector& v) {
  return std::tuple(v.root, v.external_cost, v.regional_root, v.internal_cost);
}

}  // namespace

void Bridge::set_root_port(Port& port) {
  for (Port& other : ports) {
    const bool is_itself = other.id == port.id;  // heard at another capture point, too
    if (other.role == BpduRole::root && !is_itself) other.role.reset();
  }
  port.role = BpduRole::root;
}

void Bridge::forget_roles() {
  for (Port& port : ports) {
    if (port.role != BpduRole::designated) port.role.reset();
  }
}

void Instance::take(const Message& message, CapturePoint point, const decode::MacAddress& source,
                    const Heard& when) {
  advance_to(when.time);
  version_ = std::max(version_, message.version);
  note_sender(message, point, source, when);
  if (message.role == BpduRole::designated) {
    Segment* segment = segment_at(point);
    if (segment != nullptr) segment->take(message, source, when, has_room_for_claims());
  } else {
    for (Segment& s : segments_) {
      if (s.point() == point) s.forget(message.vector.bridge, message.vector.port);
    }
  }
  settle_root(when);
  const Claim* claim = best();
  timers_ = claim != nullptr ? claim->message.timers : message.timers;
  changes_.set_hello_time(timers_.hello_time);
  if (message.version != 0) return changes_.take_rapid(message, when);
  const bool is_authority =
      claim == nullptr || distance(message.vector) <= distance(claim->message.vector);
  changes_.take_config(message, when, is_authority);
}

void Instance::take_notification(CapturePoint point, const decode::MacAddress& source,
                                 const Heard& when) {
  advance_to(when.time);
  const Sender sender = sender_at(point, source);
  if (sender.bridge == nullptr) return changes_.take_notification(when, source);
  sender.bridge->last = when;
  const bool is_root = sender.bridge->id == roots_.root();
  if (sender.port != nullptr && !is_root) {
    sender.port->last = when;
    sender.port->flags = {};
    sender.bridge->set_root_port(*sender.port);
  }
  changes_.take_notification(when, sender.bridge->id);
}

// By the address of the port. Some bridges have one for all of them, and who sees several segments
// cannot tell which port it was.
Instance::Sender Instance::sender_at(CapturePoint point, const decode::MacAddress& source) {
  Sender sender;
  if (decode::is_zero(source)) return sender;
  bool is_one_of_several = std::any_of(segments_.begin(), segments_.end(), [&](const Segment& s) {
    return s.point() == point && s.sees_several();
  });
  for (Bridge& bridge : bridges_) {
    for (Port& port : bridge.ports) {
      if (port.point != point || port.source != source) continue;
      if (sender.bridge != nullptr && sender.bridge != &bridge) return {};
      is_one_of_several = is_one_of_several || sender.bridge != nullptr;
      sender = {&bridge, &port};
    }
  }
  if (is_one_of_several) sender.port = nullptr;
  return sender;
}

// The bridge itself, its port, and the root that it names.
void Instance::note_sender(const Message& message, CapturePoint point,
                           const decode::MacAddress& source, const Heard& when) {
  if (Bridge* bridge = bridge_of(message.vector.bridge, when)) {
    bridge->id = message.vector.bridge;
    if (bridge->vector && distance(*bridge->vector) != distance(message.vector)) {
      bridge->forget_roles();
    }
    bridge->vector = message.vector;
    bridge->is_rapid = message.version != 0;
    bridge->counts_fractions |= message.message_age.count() % 256 != 0;
    if (Port* port = port_of(*bridge, message.vector.port, point, source, when)) {
      port->flags = message.flags;
      port->role = message.role;
      if (message.role == BpduRole::root) bridge->set_root_port(*port);
    }
  }
  static_cast<void>(bridge_of(message.vector.root, when));
}

// By its address: it may give itself another priority. Nullptr: it may not grow.
Bridge* Instance::bridge_of(BridgeId id, const Heard& when) {
  constexpr std::uint64_t kMac = 0xffff'ffff'ffffu;
  const auto found = std::find_if(bridges_.begin(), bridges_.end(), [&](const Bridge& b) {
    return ((b.id.value() ^ id.value()) & kMac) == 0;
  });
  if (found != bridges_.end()) {
    found->last = when;
    return &*found;
  }
  if (!may_grow_) return nullptr;
  ++parts_;
  Bridge& bridge = bridges_.emplace_back();
  bridge.id = id;
  bridge.first = bridge.last = when;
  return &bridge;
}

Port* Instance::port_of(Bridge& bridge, std::uint16_t id, CapturePoint point,
                        const decode::MacAddress& source, const Heard& when) {
  const auto found = std::find_if(bridge.ports.begin(), bridge.ports.end(),
                                  [&](const Port& p) { return p.id == id && p.point == point; });
  if (found != bridge.ports.end()) {
    found->last = when;
    found->source = source;
    return &*found;
  }
  if (!may_grow_) return nullptr;
  ++parts_;
  bridge.ports.push_back({id, point, source, when, when, std::nullopt, {}});
  return &bridge.ports.back();
}

Segment* Instance::segment_at(CapturePoint point) {
  const auto found = std::find_if(segments_.begin(), segments_.end(),
                                  [&](const Segment& s) { return s.point() == point; });
  if (found != segments_.end()) return &*found;
  if (!may_grow_ || segments_.size() == kMostSegments) return nullptr;
  ++parts_;
  return &segments_.emplace_back(point);
}

bool Instance::has_room_for_claims() const {
  std::size_t claims = 0;
  for (const Segment& s : segments_) claims += s.claims().size();
  return claims < kMostClaims;
}

const Claim* Instance::best() const {
  const Claim* best = nullptr;
  for (const Segment& s : segments_) {
    if (s.claims().empty()) continue;
    const Claim& claim = s.claims().front();
    if (best == nullptr || claim.message.vector < best->message.vector) best = &claim;
  }
  return best;
}

// Where nothing is heard any more nothing is known either: the root may live on elsewhere.
void Instance::settle_root(const Heard& when) {
  const Claim* claim = best();
  if (claim == nullptr) return;
  // RSTP agrees by handshakes, STP by what it hears each hello.
  const std::chrono::nanoseconds hello = claim->message.timers.hello_time;
  roots_.is_now(claim->message.vector.root, when, claim->message.version == 0 ? 2 * hello : hello);
}

void Instance::advance_to(Timestamp now) {
  while (true) {
    std::optional<Timestamp> next;
    for (const Segment& s : segments_) {
      const auto expiry = s.next_expiry();
      if (expiry && (!next || *expiry < *next)) next = expiry;
    }
    if (!next || now < *next) return;
    for (Segment& s : segments_) s.expire(*next);
    // What shows another root is the claim that is left.
    if (const Claim* claim = best()) settle_root({*next, claim->last.frame});
  }
}

}  // namespace tapstat::analysis::spanning_tree
