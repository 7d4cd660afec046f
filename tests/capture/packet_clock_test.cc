#include "capture/packet_clock.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace tapstat::capture::test {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr Timestamp kNoon{hours{12}};

// What becomes of the dates of frames that are numbered from 1.
struct Dated {
  std::vector<Timestamp> times;
  TimeOrder order;
};
[[nodiscard]] Dated date(const std::vector<Timestamp>& own) {
  Dated dated;
  PacketClock clock;
  std::uint64_t number = 0;
  for (const Timestamp time : own) dated.times.push_back(clock.date(time, ++number, dated.order));
  return dated;
}

TEST(PacketClock, LeavesWhatIsInOrder) {
  const std::vector<Timestamp> own = {kEarliest, kNoon, kNoon, kNoon + hours{100'000}, kLatest};
  const Dated dated = date(own);
  EXPECT_EQ(dated.times, own);
  EXPECT_EQ(dated.order.out_of_order, 0u);
  EXPECT_EQ(dated.order.steps, 0u);
}

TEST(PacketClock, LeavesWhatIsOutOfOrderAndCountsIt) {
  const std::vector<Timestamp> own = {kNoon, kNoon - seconds{9}, kNoon - nanoseconds{1}, kNoon};
  const Dated dated = date(own);
  EXPECT_EQ(dated.times, own);
  EXPECT_EQ(dated.order.out_of_order, 2u);
  EXPECT_EQ(dated.order.furthest_back, seconds{9});
  EXPECT_EQ(dated.order.steps, 0u);
}

TEST(PacketClock, GoesOnWhereItWasSetBack) {
  const Timestamp back = kNoon - hours{1};
  const Dated dated = date({kNoon, back, back + seconds{2}, back + seconds{1}, back + seconds{5}});
  EXPECT_EQ(dated.times, (std::vector{kNoon, kNoon, kNoon + seconds{2}, kNoon + seconds{1},
                                      kNoon + seconds{5}}));
  EXPECT_EQ(dated.order.out_of_order, 1u);
  EXPECT_EQ(dated.order.steps, 1u);
  ASSERT_TRUE(dated.order.first_step);
  EXPECT_EQ(dated.order.first_step->frame, 2u);
  EXPECT_EQ(dated.order.first_step->from, kNoon);
  EXPECT_EQ(dated.order.first_step->to, back);
}

TEST(PacketClock, TakesAStepForWhatItIsByTenSeconds) {
  EXPECT_EQ(date({kNoon, kNoon - kLeastClockStep + nanoseconds{1}}).order.steps, 0u);
  EXPECT_EQ(date({kNoon, kNoon - kLeastClockStep}).order.steps, 1u);
}

TEST(PacketClock, IsItselfAgainWhenItHasCaughtUp) {
  const Timestamp later = kNoon + seconds{1};
  const Dated dated = date({kNoon, kNoon - hours{3}, later, later + seconds{1}});
  EXPECT_EQ(dated.times, (std::vector{kNoon, kNoon, later, later + seconds{1}}));
  EXPECT_EQ(dated.order.steps, 1u);
}

TEST(PacketClock, CatchesUpWithEachOfSeveralSteps) {
  const Dated dated = date({kNoon, kNoon - hours{1}, kNoon - hours{3},
                            kNoon - hours{1} + seconds{1}, kNoon + seconds{2}});
  EXPECT_EQ(dated.times,
            (std::vector{kNoon, kNoon, kNoon, kNoon + seconds{1}, kNoon + seconds{2}}));
  EXPECT_EQ(dated.order.steps, 2u);
}

// A capture whose dates are noise: time neither overflows nor goes back by more than disorder may.
TEST(PacketClock, StaysWithinAllTimesThereAre) {
  std::vector<Timestamp> own;
  std::uint64_t noise = 1;
  for (int i = 0; i < 100'000; ++i) {
    noise = noise * 6364136223846793005u + 1442695040888963407u;
    const Timestamp dates[] = {kEarliest, kLatest, Timestamp{},
                               kEarliest + nanoseconds{static_cast<std::int64_t>(noise >> 2)}};
    own.push_back(std::min(dates[noise >> 62], kLatest));
  }
  Timestamp latest = kEarliest;
  for (const Timestamp time : date(own).times) {
    EXPECT_LE(time, kLatest);
    EXPECT_GT(time, latest - kLeastClockStep);
    latest = std::max(latest, time);
  }
}

}  // namespace
}  // namespace tapstat::capture::test
