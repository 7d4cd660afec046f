#include "analysis/timer_wheel.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace tapstat::analysis {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Timestamp kStart{seconds{1'700'000'000}};

std::vector<TimerWheel::Record> due(TimerWheel& wheel, Timestamp now) {
  std::vector<TimerWheel::Record> records;
  wheel.advance_to(now, [&](TimerWheel::Record r, Timestamp) { records.push_back(r); });
  return records;
}

using Records = std::vector<TimerWheel::Record>;

TEST(TimerWheel, FiresAtTheDeadlineAndNotBefore) {
  TimerWheel wheel;
  wheel.file(1, kStart + milliseconds{1500}, kStart);
  EXPECT_EQ(due(wheel, kStart + milliseconds{1499}), Records{});
  EXPECT_EQ(due(wheel, kStart + milliseconds{1500}), Records{1});
  EXPECT_EQ(due(wheel, kStart + seconds{100}), Records{});
}

TEST(TimerWheel, FiresInTheOrderOfDeadlines) {
  TimerWheel wheel;
  wheel.file(1, kStart + seconds{9}, kStart);
  wheel.file(2, kStart + milliseconds{300}, kStart);
  wheel.file(3, kStart + milliseconds{200}, kStart);
  wheel.file(4, kStart + seconds{5}, kStart);
  EXPECT_EQ(due(wheel, kStart + seconds{10}), (Records{3, 2, 4, 1}));
}

TEST(TimerWheel, AnEarlierDeadlineFiledLaterStillComesFirst) {
  TimerWheel wheel;
  wheel.file(1, kStart + seconds{200}, kStart);
  EXPECT_EQ(due(wheel, kStart + seconds{10}), Records{});
  wheel.file(2, kStart + seconds{11}, kStart + seconds{10});
  EXPECT_EQ(due(wheel, kStart + seconds{12}), Records{2});
  EXPECT_EQ(due(wheel, kStart + seconds{199}), Records{});
  EXPECT_EQ(due(wheel, kStart + seconds{200}), Records{1});
}

TEST(TimerWheel, KeepsDeadlinesBeyondItsHorizon) {
  TimerWheel wheel;
  wheel.file(1, kStart + seconds{5000}, kStart);
  for (int s = 1; s < 5000; s += 100) EXPECT_EQ(due(wheel, kStart + seconds{s}), Records{}) << s;
  EXPECT_EQ(due(wheel, kStart + seconds{5000}), Records{1});
}

TEST(TimerWheel, SurvivesALeapOfYears) {
  TimerWheel wheel;
  wheel.file(1, kStart + seconds{1}, kStart);
  wheel.file(2, kStart + seconds{100'000'000}, kStart);
  wheel.file(3, kStart + seconds{1000}, kStart);
  EXPECT_EQ(due(wheel, kStart + seconds{50'000'000}), (Records{1, 3}));
  EXPECT_EQ(due(wheel, kStart + seconds{100'000'000}), Records{2});
}

TEST(TimerWheel, WhatIsFiledWhileFiringComesUpInTheSameAdvanceWhenDue) {
  TimerWheel wheel;
  wheel.file(1, kStart + seconds{1}, kStart);
  Records seen;
  wheel.advance_to(kStart + seconds{10}, [&](TimerWheel::Record r, Timestamp deadline) {
    seen.push_back(r);
    if (r < 4) wheel.file(r + 1, deadline + seconds{2}, kStart + seconds{10});
  });
  EXPECT_EQ(seen, (Records{1, 2, 3, 4}));
}

// Whatever is filed comes up exactly once, at the first advance at or past its deadline.
TEST(TimerWheel, AgreesWithALinearSearch) {
  std::mt19937 random(3);
  TimerWheel wheel;
  std::vector<Timestamp> deadlines;
  std::vector<bool> fired;
  Timestamp now = kStart;
  for (int step = 0; step < 2000; ++step) {
    for (int i = 0; i < 3; ++i) {
      deadlines.push_back(now + milliseconds{random() % 400'000});
      fired.push_back(false);
      wheel.file(static_cast<TimerWheel::Record>(deadlines.size() - 1), deadlines.back(), now);
    }
    now += milliseconds{random() % (step % 100 == 0 ? 600'000 : 2'000)};
    wheel.advance_to(now, [&](TimerWheel::Record r, Timestamp) {
      EXPECT_FALSE(fired[r]);
      fired[r] = true;
    });
    for (std::size_t i = 0; i < deadlines.size(); ++i) EXPECT_EQ(fired[i], deadlines[i] <= now);
  }
}

}  // namespace
}  // namespace tapstat::analysis
