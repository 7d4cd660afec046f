#include "analysis/spanning_tree/trouble.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tapstat::analysis::spanning_tree {
namespace {

using decode::Bpdu;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// 802.1D-1998 section 8.10.2, 802.1D-2004 section 17.14: a bridge must not begin to forward before
// what it was told is surely too old, and one lost hello must not make it so.
[[nodiscard]] bool fit(const TreeTimers& t) {
  const nanoseconds hello = t.hello_time, age = t.max_age, delay = t.forward_delay;
  return 2 * (delay - seconds{1}) >= age && age >= 2 * (hello + seconds{1});
}

// One bridge further, and nobody takes it any more.
[[nodiscard]] bool is_nearly_too_old(const Message& m) {
  if (m.remaining_hops) return *m.remaining_hops <= 1;
  return nanoseconds{m.message_age} + seconds{1} >= nanoseconds{m.timers.max_age};
}

// FNV-1a (draft-eastlake-fnv): tells BPDUs of one port apart, nothing hangs on it.
[[nodiscard]] std::uint64_t digest_of(decode::Bytes bytes) {
  std::uint64_t digest = 0xcbf29ce484222325u;
  for (const std::uint8_t octet : bytes) digest = (digest ^ octet) * 0x100000001b3u;
  return digest;
}

template <typename Map>
[[nodiscard]] bool has_room(const Map& map, const typename Map::key_type& key, std::size_t most) {
  return map.size() < most || map.contains(key);
}

}  // namespace

void TroubleWatch::see(const Bpdu& bpdu, const decode::Packet& packet, CapturePoint point,
                       const decode::MacAddress& source, const Heard& when) {
  if (bpdu.type != decode::BpduType::tcn) look_for_loop(bpdu, packet, point, source, when);
  if (bpdu.is_cisco && bpdu.cisco_vlan) look_at_vlan(bpdu, packet, point, when);
}

void TroubleWatch::look(const Instance& tree, const Message& message, CapturePoint point,
                        const Heard& when) {
  look_for_two_roots(tree, when);
  look_for_rivals(tree, point, when);
  look_for_missed(tree, message, point, when);
  look_at_timers(tree, message, when);
  if (message.region && message.key.kind == InstanceKey::Kind::common) {
    look_at_region(message, when);
  }
  // 802.1D-1998 section 8.6.14: the designated port acknowledges.
  if (message.version == 0 && message.flags.acknowledgment()) {
    const auto first = notifications_.lower_bound(Spot{tree.key(), point, {}});
    auto last = first;
    while (last != notifications_.end() && std::get<0>(last->first) == tree.key() &&
           std::get<1>(last->first) == point) {
      ++last;
    }
    notifications_.erase(first, last);
  }
}

// A TCN is repeated each hello until it is acknowledged (802.1D-1998 section 8.6.6): three in vain
// are more than one lost hello.
void TroubleWatch::look_at_notification(const Instance& tree, CapturePoint point,
                                        const decode::MacAddress& source, const Heard& when) {
  constexpr std::uint32_t kInVain = 3;
  const Spot spot{tree.key(), point, source};
  if (!has_room(notifications_, spot, kMostWatched)) return;
  Notifications& n = notifications_[spot];
  if (when.time - n.last.time > 3 * nanoseconds{tree.timers().hello_time}) n.count = 0;
  if (n.count++ == 0) n.first = when;
  n.last = when;
  if (n.count < kInVain) return;
  Signaller by = source;
  for (const Bridge& bridge : tree.bridges()) {
    const bool is_its = std::any_of(bridge.ports.begin(), bridge.ports.end(), [&](const Port& p) {
      return p.point == point && p.source == source;
    });
    if (is_its) by = bridge.id;
  }
  note(TroubleKind::unacknowledged, {.tree = tree.key(), .subject = by, .other = std::nullopt},
       n.first, when);
}

void TroubleWatch::note(TroubleKind kind, const Trouble& what, const Heard& since,
                        const Heard& when) {
  const std::tuple key{kind, what.tree, what.subject, what.other, what.vlan, what.other_vlan};
  const auto found = places_.find(key);
  if (found != places_.end()) {
    Trouble& known = troubles_[found->second];
    known.last = when;
    ++known.count;
    return;
  }
  if (troubles_.size() == kMostTroubles) return;
  places_.emplace(key, troubles_.size());
  Trouble& trouble = troubles_.emplace_back(what);
  trouble.kind = kind;
  trouble.first = since;
  trouble.last = when;
  trouble.count = 1;
}

// For a while bridges disagree whenever the root changes: at most until what the old one said is
// too old everywhere.
void TroubleWatch::look_for_two_roots(const Instance& tree, const Heard& when) {
  const auto root = tree.roots().root();
  // The same instance of two regions of one name has two roots, if they do not touch.
  if (!root || tree.key().kind == InstanceKey::Kind::msti) return;
  const Claim* dissenter = nullptr;
  for (const Segment& s : tree.segments()) {
    for (const Claim& c : s.claims()) {
      // Ports of Cisco's send IEEE BPDUs of whatever VLAN they are in.
      const BridgeId named = c.message.vector.root;
      const bool is_one = named != *root && named.system_id() == root->system_id() &&
                          c.is_fresh_at(when.time) && c.count > 1;
      if (is_one) dissenter = &c;
    }
  }
  if (dissenter == nullptr) {
    disagreements_.erase(tree.key());
    return;
  }
  if (!has_room(disagreements_, tree.key(), kMostWatched)) return;
  const BridgeId other = dissenter->message.vector.root;
  const auto [at, is_new] = disagreements_.try_emplace(tree.key(), Disagreement{when, other});
  const nanoseconds settled = nanoseconds{tree.timers().max_age} + 3 * tree.timers().hello_time;
  if (when.time - at->second.since.time <= settled) return;
  note(TroubleKind::two_roots, {.tree = tree.key(), .subject = *root, .other = other},
       at->second.since, when);
}

void TroubleWatch::look_for_rivals(const Instance& tree, CapturePoint point, const Heard& when) {
  for (const Segment& s : tree.segments()) {
    if (s.point() != point) continue;
    const Claim* rival = s.rival(when.time);
    if (rival == nullptr) return;
    note(TroubleKind::two_designated,
         {.tree = tree.key(),
          .subject = s.claims().front().message.vector.bridge,
          .other = rival->message.vector.bridge},
         *rival->defiant_since, when);
  }
}

// Segment has counted them.
void TroubleWatch::look_for_missed(const Instance& tree, const Message& message, CapturePoint point,
                                   const Heard& when) {
  for (const Segment& s : tree.segments()) {
    if (s.point() != point) continue;
    for (const Claim& c : s.claims()) {
      const Vector& v = message.vector;
      if (c.missed == 0 || !c.is_of(v.bridge, v.port) || c.last.frame != when.frame) continue;
      const std::tuple key{tree.key(), point, v.bridge, v.port};
      if (!has_room(missed_, key, kMostWatched)) return;
      if (std::exchange(missed_[key], c.missed) == c.missed) return;
      return note(TroubleKind::missed_hellos,
                  {.tree = tree.key(), .subject = v.bridge, .other = std::nullopt}, when, when);
    }
  }
}

// What comes from afar may have been sent before the root changed its timers: a claim counts when
// it has been the same for some hellos.
void TroubleWatch::look_at_timers(const Instance& tree, const Message& message, const Heard& when) {
  constexpr std::uint32_t kSettled = 3;
  const Claim* best = tree.best();
  if (best == nullptr || best->message.vector.root != message.vector.root) return;
  const BridgeId sender = message.vector.bridge;
  if (!fit(message.timers) && message.version == 0) {
    note(TroubleKind::timers_unfit,
         {.tree = tree.key(), .subject = message.vector.root, .other = std::nullopt}, when, when);
  }
  if (is_nearly_too_old(message) && message.vector.root == tree.roots().root()) {
    note(TroubleKind::near_max_age, {.tree = tree.key(), .subject = sender, .other = std::nullopt},
         when, when);
  }
  if (message.timers == best->message.timers || !best->is_fresh_at(when.time)) return;
  for (const Segment& s : tree.segments()) {
    for (const Claim& c : s.claims()) {
      if (!c.is_of(sender, message.vector.port) || c.count < kSettled) continue;
      if (best->count < kSettled) continue;
      return note(TroubleKind::timers_differ,
                  {.tree = tree.key(), .subject = sender, .other = best->message.vector.bridge},
                  when, when);
    }
  }
}

// Regions of different names are meant to be two; one name with two tables is a slip.
void TroubleWatch::look_at_region(const Message& message, const Heard& when) {
  const decode::MstRegion& region = *message.region;
  if (!has_room(regions_, region.name, kMostWatched)) return;
  const auto [at, is_new] = regions_.try_emplace(region.name, region, message.vector.bridge);
  if (is_new) return;
  if (at->second.second.mac() == message.vector.bridge.mac()) {
    at->second.first = region;  // it was set anew
    return;
  }
  if (at->second.first == region) return;
  note(TroubleKind::region_mismatch,
       {.tree = message.key, .subject = message.vector.bridge, .other = at->second.second}, when,
       when);
}

// Tagged, the tag says the same as the BPDU; untagged, both ends have the same native VLAN.
void TroubleWatch::look_at_vlan(const Bpdu& bpdu, const decode::Packet& packet, CapturePoint point,
                                const Heard& when) {
  const std::uint16_t said = *bpdu.cisco_vlan;
  const InstanceKey tree = key_of(bpdu, {packet.vlans, packet.tunnel});
  const auto tell = [&](std::uint16_t vlan, std::optional<BridgeId> other) {
    note(TroubleKind::vlan_mismatch,
         {.tree = tree, .subject = bpdu.bridge, .other = other, .vlan = vlan, .other_vlan = said},
         when, when);
  };
  const std::uint16_t tag =
      packet.vlans.empty() ? std::uint16_t{0} : packet.vlans[packet.vlans.size() - 1];
  if (tag != 0) {  // 0 is a priority, and no VLAN (802.1Q section 9.6)
    if (tag != said) tell(tag, std::nullopt);
    return;
  }
  if (!has_room(native_, point, kMostWatched)) return;
  const auto [at, is_new] = native_.try_emplace(point, Native{said, bpdu.bridge, when});
  Native& native = at->second;
  const bool is_fresh = when.time - native.last.time <= 3 * nanoseconds{bpdu.hello_time};
  if (native.bridge.mac() == bpdu.bridge.mac() || !is_fresh) {
    native = {said, bpdu.bridge, when};
  } else if (native.vlan != said) {
    tell(native.vlan, native.bridge);
  }
}

// A port sends no BPDU twice at once (802.1D-1998 section 8.6.1.1 hold time, 802.1D-2004 section
// 17.19.44 TxHoldCount): one that comes by a second time has gone round. Once may be the capture's
// doing.
void TroubleWatch::look_for_loop(const Bpdu& bpdu, const decode::Packet& packet, CapturePoint point,
                                 const decode::MacAddress& source, const Heard& when) {
  constexpr auto kAtOnce = std::chrono::milliseconds{50};
  constexpr std::uint32_t kInARow = 3;
  if (packet.macs == nullptr) return;  // captured on all interfaces at once, each sees it
  const std::tuple key{point, source, packet.vlans.packed(), packet.tunnel};
  if (!has_room(sent_, key, kMostWatched)) return;
  Sent& sent = sent_[key];
  const std::uint64_t digest = digest_of(packet.body);
  if (sent.digest == digest && when.time - sent.time < kAtOnce) {
    if (!std::exchange(sent.came_back, true)) ++sent.in_a_row;
    if (sent.in_a_row < kInARow) return;
    note(TroubleKind::loop,
         {.tree = key_of(bpdu, {packet.vlans, packet.tunnel}),
          .subject = bpdu.sender(),
          .other = std::nullopt},
         when, when);
    return;
  }
  if (!sent.came_back) sent.in_a_row = 0;
  sent = {digest, when.time, false, sent.in_a_row};
}

}  // namespace tapstat::analysis::spanning_tree
