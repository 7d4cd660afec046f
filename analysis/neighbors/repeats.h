// The same message seen by two capture points: it is one.
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

  // Whether another capture point has shown that message not longer than kSpread ago. Each of them
  // shows it once: the same one again at the same point is another.
  [[nodiscard]] bool is_repeat(const capture::Frame& frame, const decode::Packet& packet,
                               const Network& network);

 private:
  // What capture points' clocks may differ by, and a switch may take.
  static constexpr std::chrono::milliseconds kSpread{10};

  struct Slot {
    std::uint64_t content = 0;
    Timestamp time = kNever;
    std::uint64_t inputs = 0;  // bits of those that have shown it
  };
  [[nodiscard]] std::uint64_t content_of(const decode::Packet& packet,
                                         const Network& network) const;

  KeyedHash hash_;
  std::array<Slot, 64> slots_{};
  std::size_t next_ = 0;
};

}  // namespace tapstat::analysis::neighbors
