// From a pcapng interface's ticks to time: if_tsresol and if_tsoffset
// (draft-ietf-opsawg-pcapng 4.2).
#pragma once

#include <chrono>
#include <cstdint>

#include "capture/frame.h"

namespace tapstat::capture {

// Ticks since the epoch plus an offset, as nanoseconds, rounded down, and within kEarliest and
// kLatest.
class TickScale {
 public:
  // Microseconds, which is what an interface without if_tsresol counts.
  constexpr TickScale() = default;

  // `resolution` as if_tsresol: the high bit chooses powers of 2 over 10, the rest is the negative
  // exponent.
  explicit constexpr TickScale(std::uint8_t resolution)
      : exponent_(resolution & 0x7f), binary_((resolution & 0x80) != 0) {
    if (binary_) return;
    if (exponent_ <= 9) {
      multiplier_ = power_of_ten(9 - exponent_);
    } else if (exponent_ - 9 <= kMaxPowerOfTen) {
      multiplier_ = 1;
      divisor_ = power_of_ten(exponent_ - 9);
    } else {
      multiplier_ = 0;  // even the largest tick count is less than a nanosecond
    }
  }

  constexpr void set_offset_seconds(std::int64_t seconds) { offset_seconds_ = seconds; }

  [[nodiscard]] constexpr Timestamp time(std::uint64_t ticks) const {
    const Wide ns = since_epoch(ticks) + Wide{offset_seconds_} * kPerSecond;
    constexpr Wide kLeast = kEarliest.time_since_epoch().count();
    constexpr Wide kMost = kLatest.time_since_epoch().count();
    const Wide held = ns < kLeast ? kLeast : ns > kMost ? kMost : ns;
    return Timestamp{std::chrono::nanoseconds{static_cast<std::int64_t>(held)}};
  }

 private:
  // 64 bits of ticks times a billion take 94.
  __extension__ typedef __int128 Wide;
  static constexpr Wide kPerSecond = 1'000'000'000;
  static constexpr int kMaxPowerOfTen = 19;  // that 64 bits hold

  static constexpr std::uint64_t power_of_ten(int exponent) {
    std::uint64_t power = 1;
    for (; exponent > 0; --exponent) power *= 10;
    return power;
  }

  [[nodiscard]] constexpr Wide since_epoch(std::uint64_t ticks) const {
    if (binary_) return (Wide{ticks} * kPerSecond) >> exponent_;
    if (divisor_ != 1) return Wide{ticks / divisor_};
    return Wide{ticks} * Wide{multiplier_};
  }

  std::uint64_t multiplier_ = 1000;
  std::uint64_t divisor_ = 1;
  std::int64_t offset_seconds_ = 0;
  int exponent_ = 6;
  bool binary_ = false;
};

}  // namespace tapstat::capture
