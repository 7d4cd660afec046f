#include "analysis/tcp/timers.h"

#include <gtest/gtest.h>

#include <utility>

#include "analysis/tcp/figure5.h"

namespace tapstat::analysis::tcp {
namespace {

constexpr auto kStacks = {kLinuxTimers, kRfcTimers, kWindowsTimers, kBsdTimers};

TEST(Timers, EachWaitIsThatOfItsState) {
  constexpr Timers kTimers{
      .syn_sent = 1s, .syn_received = 2s, .fin_wait_2 = 3s, .time_wait = 4s, .coarseness = 9s};
  static_assert(kTimers.of(State::syn_sent) == 1s);
  static_assert(kTimers.of(State::syn_received) == 2s);
  static_assert(kTimers.of(State::fin_wait_2) == 3s);
  static_assert(kTimers.of(State::time_wait) == 4s, "without coarseness");
  static_assert(!Timers{}.of(State::time_wait), "a stack may have no such wait");
}

// LAST_ACK, FIN_WAIT1 and CLOSING end by what their host sends, or sends no more.
TEST(Timers, AStateThatEndsInSilenceHasAnArrowForIt) {
  for (const Timers& stack : kStacks) {
    for (int s = 0; s < kStateCount; ++s) {
      const auto state = static_cast<State>(s);
      if (stack.of(state)) {
        EXPECT_NE(next(state, Event::expired), state) << name(state);
      } else if (state != State::fin_wait_2) {
        EXPECT_EQ(next(state, Event::expired), state) << name(state);
      }
    }
  }
}

// tcp_syn_linear_timeouts and tcp_syn_retries, tcp_synack_retries, as the comment has them.
TEST(Timers, LinuxGivesUpWhereItsRetriesEnd) {
  Duration t = 0s, timeout = 1s;
  for (int retry = 0; retry < 4 + 6; ++retry) {
    t += timeout;
    if (retry >= 4) timeout *= 2;
  }
  EXPECT_EQ(t, 67s) << "the last SYN";
  EXPECT_EQ(kLinuxTimers.syn_sent, t + timeout);
  t = 0s, timeout = 1s;
  for (int retry = 0; retry < 5; ++retry) t += std::exchange(timeout, timeout * 2);
  EXPECT_EQ(t, 31s) << "the last SYN-ACK";
  EXPECT_EQ(kLinuxTimers.syn_received, t + timeout);
}

// RFC 9293 section 3.4.2 and 3.6.1: two MSL, and FIN_WAIT2 as long as the peer likes.
TEST(Timers, TheRfcWaitsTwoMaximumSegmentLifetimes) {
  EXPECT_EQ(kRfcTimers.time_wait, 2 * 120s);
  EXPECT_FALSE(kRfcTimers.fin_wait_2);
}

// Microsoft: TcpInitialRtt 3 s and two retries, each after twice as long.
TEST(Timers, WindowsGivesUpASynAfterTwoRetries) {
  EXPECT_EQ(kWindowsTimers.syn_sent, 3s + 6s + 12s);
}

}  // namespace
}  // namespace tapstat::analysis::tcp
