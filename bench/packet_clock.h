// Packet time, and a packet with its time.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "bench/random.h"
#include "capture/frame.h"

namespace tapstat::bench {

struct Packet {
  capture::Timestamp time;
  std::span<const std::uint8_t> bytes;  // the whole frame; valid until the next one is asked for
};

// Advances by gaps of which each length from 0 to twice the mean is as likely.
class PacketClock {
 public:
  explicit PacketClock(std::uint32_t packets_per_second)
      : most_(static_cast<std::uint32_t>(2'000'000'000 / std::uint64_t{packets_per_second})) {}

  [[nodiscard]] capture::Timestamp now() const { return now_; }
  void tick(Random& random) { now_ += std::chrono::nanoseconds{random.below(most_ + 1)}; }
  void wait_until(capture::Timestamp time) {
    if (now_ < time) now_ = time;
  }

 private:
  std::uint32_t most_;  // nanoseconds
  capture::Timestamp now_{std::chrono::seconds{1'700'000'000}};
};

}  // namespace tapstat::bench
