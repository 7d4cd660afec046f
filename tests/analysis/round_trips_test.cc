#include "analysis/round_trips.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;

TEST(RoundTrips, LeastMeanMostAndLast) {
  RoundTrips rtt;
  for (const Duration d : {30ms, 10ms, 20ms}) rtt.add(d);
  EXPECT_EQ(rtt.samples(), 3u);
  EXPECT_EQ(rtt.min(), 10ms);
  EXPECT_EQ(rtt.average(), 20ms);
  EXPECT_EQ(rtt.max(), 30ms);
  EXPECT_EQ(rtt.last(), 20ms);
}

TEST(RoundTrips, ClocksThatJumpDoNotOverflow) {
  RoundTrips rtt;
  for (int i = 0; i < 4; ++i) rtt.add(Duration::max() / 2);
  EXPECT_EQ(rtt.average(), Duration::max() / 2);
  EXPECT_EQ(rtt.with(rtt).max(), Duration::max() / 2);
}

TEST(RoundTrips, OfBothDirections) {
  RoundTrips one, other;
  one.add(10ms);
  other.add(30ms);
  EXPECT_EQ(one.with(other).samples(), 2u);
  EXPECT_EQ(one.with(other).last(), 10ms);
  EXPECT_EQ(one.with(other).max(), 30ms);
  EXPECT_EQ(one.with(RoundTrips{}).average(), 10ms);
}

TEST(Distribution, NothingHasNoQuantile) { EXPECT_EQ(Distribution{}.quantile(0.5), std::nullopt); }

TEST(Distribution, QuantilesAreRightWithinARange) {
  Distribution d;
  for (int i = 1; i <= 1000; ++i) d.add(i * 500us);
  for (const double p : {0.1, 0.5, 0.9, 0.99}) {
    const double exact = p * 500;
    const double told = std::chrono::duration<double, std::milli>(*d.quantile(p)).count();
    EXPECT_NEAR(told, exact, exact / 3) << p;
  }
}

TEST(Distribution, ShortestAndLongestHaveRangesOfTheirOwn) {
  Distribution d;
  d.add(-1ms);
  d.add(1ns);
  d.add(32us);
  d.add(1h);
  std::vector<std::pair<Duration, int>> ranges;
  d.for_each([&](Duration up_to, std::uint16_t n) { ranges.emplace_back(up_to, n); });
  ASSERT_EQ(ranges.size(), 3u);
  EXPECT_EQ(ranges[0], std::pair(Duration{32us}, 2));
  EXPECT_EQ(ranges[1], std::pair(Duration{48us}, 1));
  EXPECT_EQ(ranges[2], std::pair(Duration::max(), 1));
}

TEST(Distribution, EachDurationLiesBelowTheBoundOfItsRange) {
  for (Duration d = 1us; d < 1s; d = d * 5 / 4 + 1ns) {
    Distribution one;
    one.add(d);
    one.for_each([&](Duration up_to, std::uint16_t) {
      EXPECT_LT(d, up_to);
      EXPECT_TRUE(d < 32us || up_to <= d * 3 / 2 + 1us) << d.count();
    });
  }
}

TEST(Distribution, CountsKeepTheirProportionsWhenTheyAreHalved) {
  Distribution d;
  for (int i = 0; i < 300'000; ++i) d.add(i % 3 == 0 ? 1ms : 100ms);
  EXPECT_LT(*d.quantile(0.3), 2ms);
  EXPECT_GT(*d.quantile(0.4), 50ms);
}

}  // namespace
}  // namespace tapstat::analysis
