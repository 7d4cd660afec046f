#include "analysis/tcp/figure5.h"

#include <gtest/gtest.h>

namespace tapstat::analysis::tcp {
namespace {

static_assert(next(State::established, Event::snd_fin) == State::fin_wait_1);

TEST(Figure5, AnEventWithoutAnArrowLeavesTheState) {
  EXPECT_EQ(next(State::established, Event::rcv_syn), State::established);
  EXPECT_EQ(next(State::closed, Event::rcv_fin), State::closed);
}

// Note 2 of the figure: FIN-WAIT-1 to TIME-WAIT when the FIN comes with the ACK of ours.
TEST(Figure5, ArrowsComposeToTheOneTheFigureLeavesOut) {
  EXPECT_EQ(next(next(State::fin_wait_1, Event::rcv_ack_of_fin), Event::rcv_fin), State::time_wait);
}

TEST(Figure5, BothOrdersOfCrossedFinsMeetInTimeWait) {
  EXPECT_EQ(next(next(State::fin_wait_1, Event::rcv_fin), Event::rcv_ack_of_fin), State::time_wait);
}

TEST(Figure5, EveryStateThatEndsByItselfEndsWithoutASocket) {
  for (int s = 0; s < kStateCount; ++s) {
    const auto state = static_cast<State>(s);
    const State to = next(state, Event::expired);
    EXPECT_TRUE(to == state || has_no_socket(to)) << name(state);
  }
}

TEST(Figure5, NoArrowLeadsIntoUnknown) {
  for (const Arrow& arrow : kArrows) EXPECT_NE(arrow.to, State::unknown);
}

}  // namespace
}  // namespace tapstat::analysis::tcp
