#include "capture/tick_scale.h"

#include <gtest/gtest.h>

#include <limits>

namespace tapstat::capture {
namespace {

constexpr std::uint64_t kMaxTicks = std::numeric_limits<std::uint64_t>::max();

constexpr std::int64_t ns(const TickScale& scale, std::uint64_t ticks) {
  return scale.time(ticks).time_since_epoch().count();
}

constexpr TickScale with_offset(TickScale scale, std::int64_t seconds) {
  scale.set_offset_seconds(seconds);
  return scale;
}

TEST(TickScale, CountsMicrosecondsUnlessTold) {
  static_assert(ns(TickScale{}, 1'700'000'000'123'456) == 1'700'000'000'123'456'000);
}

TEST(TickScale, ReadsPowersOfTen) {
  static_assert(ns(TickScale{0}, 3) == 3'000'000'000);
  static_assert(ns(TickScale{3}, 1500) == 1'500'000'000);
  static_assert(ns(TickScale{9}, 17) == 17);
  static_assert(ns(TickScale{12}, 17'999) == 17);
  static_assert(ns(TickScale{28}, kMaxTicks) == 1);
  static_assert(ns(TickScale{29}, kMaxTicks) == 0);
  static_assert(ns(TickScale{127}, kMaxTicks) == 0);
}

TEST(TickScale, ReadsPowersOfTwo) {
  static_assert(ns(TickScale{0x80}, 2) == 2'000'000'000);
  static_assert(ns(TickScale{0x81}, 3) == 1'500'000'000);
  static_assert(ns(TickScale{0x80 | 32}, std::uint64_t{5} << 31) == 2'500'000'000);
  static_assert(ns(TickScale{0x80 | 63}, kMaxTicks) == 1'999'999'999);
  static_assert(ns(TickScale{0xff}, kMaxTicks) == 0);
}

TEST(TickScale, AddsTheOffsetInSeconds) {
  static_assert(ns(with_offset(TickScale{9}, 10), 1) == 10'000'000'001);
  static_assert(ns(with_offset(TickScale{9}, -10), 1) == -9'999'999'999);
}

TEST(TickScale, StopsAtTheEndsOfTime) {
  constexpr auto kLeast = kEarliest.time_since_epoch().count();
  constexpr auto kMost = kLatest.time_since_epoch().count();
  static_assert(ns(TickScale{0}, kMaxTicks) == kMost);
  static_assert(ns(TickScale{0x80}, kMaxTicks) == kMost);
  static_assert(ns(with_offset(TickScale{}, kMost), kMaxTicks) == kMost);
  static_assert(ns(with_offset(TickScale{}, kLeast), 0) == kLeast);
}

}  // namespace
}  // namespace tapstat::capture
