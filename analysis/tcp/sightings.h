// The same packet seen twice: on both sides of a router or director, on an interface and the bridge
// above it, at two capture points. A further sighting is no segment that anyone sent again.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "decode/segment.h"

namespace tapstat::analysis::tcp {

using decode::Segment;

// The last few packets of one connection. Kept by a connection from its start until that shows it
// to be seen once, and for ever where it is seen twice.
class Sightings {
 public:
  // A packet, by what tells it from others.
  struct Seen {
    std::uint64_t content;  // 0: none
    capture::Timestamp time;
    std::uint32_t macs;
    std::uint16_t input;
    std::uint8_t ttl;
  };
  [[nodiscard]] static Seen seen(const Segment& seg, int sender);

  // Notes `seg`, sent by `sender`. True when it is a further sighting of a packet noted before:
  // soon after it, the same in all that a router leaves alone, and either not what could have been
  // sent twice, or changed in what a router changes (MAC addresses, TTL).
  [[nodiscard]] bool is_another(const Segment& seg, int sender);
  void clear() { *this = {}; }
  // These and no others were seen so far.
  void restart(std::span<const Seen> seen);

 private:
  using Duration = std::chrono::nanoseconds;

  // From one side of a box to the other.
  static constexpr Duration kThroughBox = std::chrono::milliseconds{10};
  // From one capture point to another, over any path and with clocks that differ.
  static constexpr Duration kBetweenPoints = std::chrono::seconds{1};

  std::array<Seen, 4> seen_{};
  std::uint8_t next_ = 0;
  bool twice_ = false;  // something was seen twice
};

}  // namespace tapstat::analysis::tcp
