// How far the clocks of capture points are apart, from packets that were seen at both.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "capture/frame.h"

namespace tapstat::analysis::forwarding {

using Duration = std::chrono::nanoseconds;

// As NTP has it (RFC 5905 section 8): of packets that go one way the clock of the second point is
// ahead by offset plus travel, of those that go back by offset minus travel; half of what the two
// medians add up to is the offset. Memory is bounded.
class ClockOffsets {
 public:
  // A packet seen at `a` and `b`, inputs; `forth` tells the two directions apart.
  void note(std::uint16_t a, capture::Timestamp at_a, std::uint16_t b, capture::Timestamp at_b,
            bool forth);

  // How far the clock of input `b` is ahead of that of `a`; nullopt where no packets tell, directly
  // or by way of others.
  [[nodiscard]] std::optional<Duration> between(std::uint16_t a, std::uint16_t b) const;

  // Whether any of them is so far from the first input's that times must not be compared.
  [[nodiscard]] bool differ() const;

  // When by the clock of the first input; as it is where nothing tells (yet).
  [[nodiscard]] capture::Timestamp by_first(std::uint16_t input, capture::Timestamp time) const {
    return input < ahead_.size() ? time - ahead_[input] : time;
  }

 private:
  static constexpr std::size_t kMostSamples = 128;  // of each pair and direction
  static constexpr std::size_t kMostPairs = 1024;
  static constexpr std::uint16_t kMostInputs = 256;  // that by_first() knows

  using Samples = std::vector<std::int64_t>;
  struct Pair {
    Samples samples[2];
  };
  [[nodiscard]] static std::optional<std::int64_t> offset_of(const Pair& pair);

  [[nodiscard]] std::map<std::uint16_t, Duration> all_ahead_of(std::uint16_t input) const;
  void update_ahead();

  std::vector<Duration> ahead_;                                    // of the first input, by input
  std::map<std::pair<std::uint16_t, std::uint16_t>, Pair> pairs_;  // the lower input first
};

}  // namespace tapstat::analysis::forwarding
