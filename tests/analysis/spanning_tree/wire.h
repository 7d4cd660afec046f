// What bridges say on their segments, as steps of a story.
#pragma once

#include <cmath>
#include <cstdint>

#include "analysis/spanning_tree/topology.h"
#include "analysis/spanning_tree/trouble.h"

namespace tapstat::analysis::spanning_tree {

// Priority 4096 times the first digit, and an address that ends in it.
[[nodiscard]] inline BridgeId bridge(unsigned n) {
  return BridgeId{std::uint64_t{n} << 60 | 0x0200'0000'0000u | n};
}

[[nodiscard]] inline decode::MacAddress port_mac(unsigned bridge, unsigned port) {
  return {2, 9, 0, 0, static_cast<std::uint8_t>(bridge), static_cast<std::uint8_t>(port)};
}

[[nodiscard]] inline Timestamp at(double seconds) {
  return Timestamp{std::chrono::nanoseconds{std::llround(seconds * 1e9)}};
}

[[nodiscard]] inline decode::Bpdu::Time units(double seconds) {
  return decode::Bpdu::Time{static_cast<std::uint16_t>(std::lround(seconds * 256))};
}

// A config BPDU, or, of version 2 and up, one whose flags say the port's role.
struct Said {
  unsigned bridge = 1, port = 1, root = 1;
  std::uint32_t cost = 0;
  double age = 0;
  std::uint8_t flags = 0;
  std::uint8_t version = 0;
};

inline constexpr std::uint8_t kTopologyChange = 0x01, kAcknowledged = 0x80;
inline constexpr std::uint8_t kRootPort = 0x08 | 0x30, kDesignated = 0x0c | 0x30, kAlternate = 0x04;

[[nodiscard]] inline Message message_of(const Said& said) {
  Message m;
  m.vector = {.root = bridge(said.root),
              .external_cost = said.cost,
              .regional_root = bridge(said.bridge),
              .internal_cost = 0,
              .bridge = bridge(said.bridge),
              .port = static_cast<std::uint16_t>(0x8000 | said.port)};
  m.version = said.version;
  m.flags = decode::BpduFlags{said.flags};
  m.role = said.version == 0 ? decode::BpduRole::designated : m.flags.role();
  m.message_age = units(said.age);
  m.timers = {units(1), units(6), units(4)};  // hello, max age, forward delay
  return m;
}

// One tree, heard on segments 0, 1, 2...
class Story {
 public:
  Instance tree{InstanceKey{}};
  TroubleWatch watch;

  void say(double t, unsigned segment, const Said& said) {
    const Message m = message_of(said);
    const Heard when{at(t), ++frame_};
    tree.take(m, point(segment), port_mac(said.bridge, said.port), when);
    watch.look(tree, m, point(segment), when);
  }
  // Once a second from `t` to `until`.
  void keep_saying(double t, double until, unsigned segment, const Said& said) {
    const int times = static_cast<int>(until - t) + 1;
    for (int i = 0; i < times; ++i) say(t + i, segment, said);
  }
  void notify(double t, unsigned segment, unsigned bridge, unsigned port) {
    const Heard when{at(t), ++frame_};
    tree.take_notification(point(segment), port_mac(bridge, port), when);
    watch.look_at_notification(tree, point(segment), port_mac(bridge, port), when);
  }
  [[nodiscard]] bool has(TroubleKind kind) const {
    for (const Trouble& trouble : watch.troubles()) {
      if (trouble.kind == kind) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] static CapturePoint point(unsigned segment) {
    return {static_cast<std::uint16_t>(segment), 0};
  }
  std::uint64_t frame_ = 0;
};

}  // namespace tapstat::analysis::spanning_tree
