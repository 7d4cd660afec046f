// The same message seen more than once, by one capture point or by several: it is one.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "analysis/flow_key.h"
#include "analysis/neighbors/binding.h"
#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::neighbors {

class Repeats {
 public:
  explicit Repeats(KeyedHash hash) : hash_(hash) {}

  // Whether that message has been shown not longer than kAtOnce ago, or by another capture point
  // not longer than kSpread ago: there each of them shows it once, and the same one again at the
  // same point is another.
  [[nodiscard]] bool is_repeat(const capture::Frame& frame, const decode::Packet& packet,
                               const Network& network);

 private:
  // What capture points' clocks may differ by, and a switch may take.
  static constexpr std::chrono::milliseconds kSpread{10};

  // No host says the same twice within it: the frame came by several interfaces of one point.
  static constexpr std::chrono::milliseconds kAtOnce{1};

  struct Slot {
    std::uint64_t content = 0;
    Timestamp time = kNever;
    std::array<std::uint32_t, 8> points{};  // that have shown it: the first of them
    std::size_t shown = 0;
  };
  [[nodiscard]] std::uint64_t content_of(const decode::Packet& packet,
                                         const Network& network) const;

  KeyedHash hash_;
  std::array<Slot, 64> slots_{};
  std::size_t next_ = 0;
};

}  // namespace tapstat::analysis::neighbors
