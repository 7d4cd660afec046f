#include "analysis/tcp/journal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/engine.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis::tcp {
namespace {

using std::chrono::seconds;

constexpr int kClient = 0, kServer = 1;

Timestamp at_second(int s) { return Timestamp{seconds{1'700'000'000 + s}}; }

Step step_to(State to, int second, bool sure = false) {
  return {.time = at_second(second), .to = to, .sure = sure};
}

std::vector<State> states_in(const Journal& journal, std::uint32_t connection, int end) {
  std::vector<State> states;
  for (const Step& step : journal.steps(connection, end)) states.push_back(step.to);
  return states;
}

// The state in force then; nullopt before the first step.
std::optional<State> state_at(const Journal& journal, int end, int second) {
  const Step* step = journal.at(0, end, at_second(second));
  return step == nullptr ? std::nullopt : std::optional{step->to};
}

using States = std::vector<State>;

TEST(Journal, KnowsNothingOfAnEndWithoutAStep) {
  Journal journal;
  journal.append(1, kClient, step_to(State::syn_sent, 0));
  for (const auto& [connection, end] : {std::pair{1u, kServer}, {0u, kClient}, {2u, kClient}}) {
    EXPECT_EQ(journal.last(connection, end), nullptr);
    EXPECT_EQ(journal.at(connection, end, at_second(9)), nullptr);
    EXPECT_EQ(journal.steps(connection, end).size(), 0u);
  }
  EXPECT_EQ(Journal{}.entries().size(), 0u);
}

TEST(Journal, TellsTheStateInForceAtAnInstant) {
  Journal journal;
  journal.append(0, kClient, step_to(State::syn_sent, 10));
  journal.append(0, kClient, step_to(State::established, 20));
  journal.append(0, kClient, step_to(State::fin_wait_1, 30));
  EXPECT_EQ(state_at(journal, kClient, 9), std::nullopt);
  EXPECT_EQ(state_at(journal, kClient, 10), State::syn_sent) << "from the step on";
  EXPECT_EQ(state_at(journal, kClient, 19), State::syn_sent);
  EXPECT_EQ(state_at(journal, kClient, 20), State::established);
  EXPECT_EQ(state_at(journal, kClient, 1000), State::fin_wait_1);
  EXPECT_EQ(state_at(journal, kServer, 1000), std::nullopt);
}

// An ACK and a FIN in one segment.
TEST(Journal, OfStepsAtOnceTheLastIsInForce) {
  Journal journal;
  journal.append(0, kClient, step_to(State::fin_wait_1, 0));
  journal.append(0, kClient, step_to(State::fin_wait_2, 5));
  journal.append(0, kClient, step_to(State::time_wait, 5));
  EXPECT_EQ(state_at(journal, kClient, 5), State::time_wait);
  EXPECT_EQ(state_at(journal, kClient, 4), State::fin_wait_1);
  EXPECT_EQ(states_in(journal, 0, kClient),
            (States{State::fin_wait_1, State::fin_wait_2, State::time_wait}));
}

TEST(Journal, KeepsAllThatAStepSays) {
  Journal journal;
  journal.append(3, kServer,
                 {.time = at_second(1),
                  .from = State::established,
                  .to = State::close_wait,
                  .cause = Event::rcv_fin,
                  .sure = true,
                  .frame = 77});
  const Step* step = journal.last(3, kServer);
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->time, at_second(1));
  EXPECT_EQ(step->from, State::established);
  EXPECT_EQ(step->to, State::close_wait);
  EXPECT_EQ(step->cause, Event::rcv_fin);
  EXPECT_TRUE(step->sure);
  EXPECT_EQ(step->frame, 77u);
}

// Each end is dated by its own proofs, so that their entries come in any order of time.
TEST(Journal, TheEndsOfConnectionsAreApart) {
  Journal journal;
  journal.append(5, kServer, step_to(State::syn_received, 50));
  journal.append(0, kClient, step_to(State::syn_sent, 0));
  journal.append(5, kClient, step_to(State::syn_sent, 40));
  journal.append(0, kServer, step_to(State::closed, 1));
  journal.append(5, kServer, step_to(State::established, 60));
  EXPECT_EQ(states_in(journal, 0, kClient), States{State::syn_sent});
  EXPECT_EQ(states_in(journal, 0, kServer), States{State::closed});
  EXPECT_EQ(states_in(journal, 5, kClient), States{State::syn_sent});
  EXPECT_EQ(states_in(journal, 5, kServer), (States{State::syn_received, State::established}));
  EXPECT_EQ(journal.last(5, kClient)->time, at_second(40));
}

TEST(Journal, WhatIsTakenBackDidNotHappen) {
  Journal journal;
  journal.append(0, kServer, step_to(State::established, 0));
  journal.append(0, kServer, step_to(State::close_wait, 10));
  journal.append(0, kClient, step_to(State::fin_wait_1, 10));
  journal.take_back(0, kServer);
  EXPECT_EQ(states_in(journal, 0, kServer), States{State::established});
  EXPECT_EQ(states_in(journal, 0, kClient), States{State::fin_wait_1});
  EXPECT_EQ(state_at(journal, kServer, 20), State::established);
  EXPECT_EQ(journal.last(0, kServer)->to, State::established);
}

TEST(Journal, GoesOnWhereSomethingWasTakenBack) {
  Journal journal;
  journal.append(0, kServer, step_to(State::established, 0));
  journal.append(0, kServer, step_to(State::close_wait, 10));
  journal.append(0, kServer, step_to(State::last_ack, 20));
  journal.take_back(0, kServer);
  journal.take_back(0, kServer);
  journal.append(0, kServer, step_to(State::closed, 5));
  EXPECT_EQ(states_in(journal, 0, kServer), (States{State::established, State::closed}));
  EXPECT_EQ(state_at(journal, kServer, 15), State::closed);
}

TEST(Journal, TakingBackTheFirstStepLeavesNone) {
  Journal journal;
  journal.append(0, kServer, step_to(State::established, 0));
  journal.take_back(0, kServer);
  EXPECT_EQ(journal.last(0, kServer), nullptr);
  journal.take_back(0, kServer);
  journal.take_back(9, kServer);
  EXPECT_EQ(journal.last(0, kServer), nullptr);
  journal.append(0, kServer, step_to(State::listen, 1));
  EXPECT_EQ(states_in(journal, 0, kServer), States{State::listen});
}

TEST(Journal, VouchesForAllThatOneEndWentThrough) {
  Journal journal;
  journal.append(0, kServer, step_to(State::syn_received, 0));
  journal.append(0, kClient, step_to(State::syn_sent, 0));
  journal.append(1, kServer, step_to(State::syn_received, 0));
  journal.append(0, kServer, step_to(State::established, 1));
  journal.vouch(0, kServer);
  journal.append(0, kServer, step_to(State::close_wait, 2));
  const auto steps = journal.steps(0, kServer);
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_TRUE(steps[0].sure);
  EXPECT_TRUE(steps[1].sure);
  EXPECT_FALSE(steps[2].sure) << "came after";
  EXPECT_FALSE(journal.last(0, kClient)->sure);
  EXPECT_FALSE(journal.last(1, kServer)->sure);
  journal.vouch(7, kServer);
  EXPECT_EQ(journal.entries().size(), 5u);
}

TEST(Journal, ForgetsAConnectionAndKeepsTheOthersInOrder) {
  Journal journal;
  for (std::uint32_t i = 0; i < 100; ++i) {
    journal.append(i, kClient, step_to(State::syn_sent, 0));
    journal.append(i, kServer, step_to(State::syn_received, 0));
    journal.append(i, kClient, step_to(State::established, 1));
  }
  const std::size_t before = journal.bytes();
  for (std::uint32_t i = 0; i < 100; ++i) {
    if (i % 10 != 0) journal.forget(i);
  }
  EXPECT_LT(journal.bytes(), before / 5);
  EXPECT_EQ(journal.last(1, kClient), nullptr);
  EXPECT_EQ(states_in(journal, 20, kClient), (States{State::syn_sent, State::established}));
  EXPECT_EQ(states_in(journal, 90, kServer), States{State::syn_received});
  journal.append(1, kClient, step_to(State::syn_sent, 5));
  EXPECT_EQ(states_in(journal, 1, kClient), States{State::syn_sent});
  journal.forget(1000);
}

TEST(Journal, VouchesForNothingThatWasTakenBack) {
  Journal journal;
  journal.append(0, kServer, step_to(State::established, 0));
  journal.append(0, kServer, step_to(State::close_wait, 1));
  journal.take_back(0, kServer);
  journal.vouch(0, kServer);
  EXPECT_TRUE(journal.entries()[0].step.sure);
  EXPECT_FALSE(journal.entries()[1].step.sure);
}

Step step_from(State from, State to, Event cause, int second) {
  return {.time = at_second(second), .from = from, .to = to, .cause = cause};
}

// A FIN guessed from an acknowledgment, and data that shows that it was none.
TEST(Journal, WhatIsLeftOutLeavesNoTrace) {
  Journal journal;
  for (const Step& step :
       {step_from(State::unknown, State::established, Event::rcv_ack_of_syn, 0),
        step_from(State::established, State::fin_wait_1, Event::snd_fin, 10),
        step_from(State::fin_wait_1, State::fin_wait_2, Event::rcv_ack_of_fin, 10),
        step_from(State::fin_wait_2, State::time_wait, Event::rcv_fin, 20)}) {
    journal.append(0, kServer, step);
  }
  journal.append(0, kClient, step_to(State::established, 30));
  journal.leave_out(0, kServer, Event::snd_fin, without_own_fin);
  const auto steps = journal.steps(0, kServer);
  ASSERT_EQ(steps.size(), 2u) << "nor the acknowledgment of it, which moves nothing now";
  EXPECT_EQ(steps[0].to, State::established);
  EXPECT_EQ(steps[1].from, State::established);
  EXPECT_EQ(steps[1].to, State::close_wait) << "what came after was something else";
  EXPECT_EQ(steps[1].cause, Event::rcv_fin);
  EXPECT_EQ(steps[1].time, at_second(20));
  EXPECT_EQ(states_in(journal, 0, kClient), States{State::established});
}

TEST(Journal, TheOtherEndLeavesOutThatItReceivedIt) {
  Journal journal;
  journal.append(0, kClient, step_to(State::established, 0));
  journal.append(0, kClient, step_from(State::established, State::close_wait, Event::rcv_fin, 10));
  journal.append(0, kClient, step_from(State::close_wait, State::last_ack, Event::snd_fin, 20));
  journal.leave_out(0, kClient, Event::rcv_fin, without_peers_fin);
  EXPECT_EQ(states_in(journal, 0, kClient), (States{State::established, State::fin_wait_1}));
  EXPECT_EQ(journal.last(0, kClient)->from, State::established);
}

// What ended the handshake did so even where it was no FIN.
TEST(Journal, AHandshakeThatEndedWithWhatIsLeftOutHasEnded) {
  Journal journal;
  journal.append(0, kServer, step_to(State::syn_received, 0));
  journal.append(0, kServer, step_from(State::syn_received, State::close_wait, Event::rcv_fin, 10));
  journal.append(0, kServer, step_from(State::close_wait, State::last_ack, Event::snd_fin, 20));
  journal.leave_out(0, kServer, Event::rcv_fin, without_peers_fin);
  const auto steps = journal.steps(0, kServer);
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[1].to, State::established);
  EXPECT_EQ(steps[1].cause, Event::rcv_ack_of_syn);
  EXPECT_EQ(steps[1].time, at_second(10));
  EXPECT_EQ(steps[2].from, State::established);
  EXPECT_EQ(steps[2].to, State::fin_wait_1);
}

// That the state was no longer sure from then on is no move, and stays.
TEST(Journal, DoubtAfterWhatIsLeftOutStays) {
  Journal journal;
  journal.append(0, kClient, step_to(State::established, 0, true));
  journal.append(0, kClient, step_from(State::established, State::close_wait, Event::rcv_fin, 10));
  journal.append(0, kClient, step_from(State::close_wait, State::close_wait, Event::silence, 20));
  journal.leave_out(0, kClient, Event::rcv_fin, without_peers_fin);
  EXPECT_EQ(states_in(journal, 0, kClient), (States{State::established, State::established}));
  EXPECT_TRUE(journal.at(0, kClient, at_second(19))->sure);
  EXPECT_FALSE(journal.at(0, kClient, at_second(20))->sure);
}

TEST(Journal, OfTwoWithOneCauseTheLastIsLeftOut) {
  Journal journal;
  journal.append(0, kClient, step_from(State::established, State::fin_wait_1, Event::snd_fin, 1));
  journal.append(0, kClient, step_from(State::fin_wait_1, State::established, Event::snd_ack, 2));
  journal.append(0, kClient, step_from(State::established, State::fin_wait_1, Event::snd_fin, 3));
  journal.leave_out(0, kClient, Event::snd_fin, without_own_fin);
  EXPECT_EQ(states_in(journal, 0, kClient), (States{State::fin_wait_1, State::established}));
}

TEST(Journal, WhatNeverHappenedNeedNotBeLeftOut) {
  Journal journal;
  journal.leave_out(3, kClient, Event::snd_fin, without_own_fin);
  journal.append(0, kClient, step_to(State::established, 0));
  journal.leave_out(0, kClient, Event::snd_fin, without_own_fin);
  journal.leave_out(0, kServer, Event::snd_fin, without_own_fin);
  EXPECT_EQ(states_in(journal, 0, kClient), States{State::established});
}

TEST(Journal, EntriesAreInTheOrderTheyWereMadeWithThoseTakenBack) {
  Journal journal;
  journal.append(4, kServer, step_to(State::established, 9));
  journal.append(2, kClient, step_to(State::syn_sent, 3));
  journal.take_back(4, kServer);
  journal.append(4, kServer, step_to(State::listen, 1));
  const auto& entries = journal.entries();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].connection, 4u);
  EXPECT_EQ(entries[0].end, kServer);
  EXPECT_TRUE(entries[0].taken_back);
  EXPECT_EQ(entries[1].connection, 2u);
  EXPECT_EQ(entries[1].end, kClient);
  EXPECT_FALSE(entries[1].taken_back);
  EXPECT_EQ(entries[2].step.to, State::listen);
  EXPECT_FALSE(entries[2].taken_back);
}

// More entries than a chunk of memory has.
TEST(Journal, HoldsManyConnections) {
  Journal journal;
  constexpr std::uint32_t kConnections = 50'000;
  for (std::uint32_t c = 0; c < kConnections; ++c) {
    journal.append(c, kClient, step_to(State::syn_sent, static_cast<int>(c)));
  }
  for (std::uint32_t c = 0; c < kConnections; ++c) {
    journal.append(c, kClient, step_to(State::closed, static_cast<int>(c) + 1));
  }
  for (std::uint32_t c = 0; c < kConnections; ++c) {
    ASSERT_EQ(states_in(journal, c, kClient), (States{State::syn_sent, State::closed}));
    ASSERT_EQ(journal.last(c, kClient)->time, at_second(static_cast<int>(c) + 1));
  }
}

// Found by fuzzing: after a packet dated two minutes ahead a SYN_RECV is over at once, and what its
// host sends then is dated before that.
TEST(Journal, TheStepsOfAnEndGoOnInTimeWhereTheClockGoesBack) {
  const auto start = at_second(0).time_since_epoch();
  const std::vector<std::pair<test::TcpSpec, std::chrono::nanoseconds>> packets = {
      {{.src_port = 7, .dst_port = 7777}, seconds{134}},
      {{.src_port = 80, .dst_port = 40000, .flags = "SA", .seq = 9, .ack = 2}, seconds{0}},
      {{.src_port = 40000, .dst_port = 80, .seq = 2, .ack = 10}, seconds{1}},
      {{.src_port = 80, .dst_port = 40000, .seq = 10, .ack = 7}, seconds{2}},
      {{.src_port = 80, .dst_port = 40000, .seq = 10, .ack = 7, .payload_len = 5}, seconds{3}}};
  Engine engine(1, {.journal = true});
  std::uint64_t number = 0;
  for (const auto& [spec, after] : packets) {
    test::TcpSpec sent = spec;
    if (sent.src_port == 80) std::swap(sent.src, sent.dst);
    const test::Buffer bytes = test::tcp(sent);
    const capture::Frame frame = test::frame_of(bytes, start + after, ++number);
    engine.take({&frame, 1});
  }
  engine.finish();
  for (int end = 0; end < 2; ++end) {
    const auto steps = engine.model().tcp.journal().steps(1, end);
    EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
      return a.time < b.time;
    })) << end;
  }
}

}  // namespace
}  // namespace tapstat::analysis::tcp
