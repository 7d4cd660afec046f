// The rows that a journal has of a script, where its states at some instants do not say enough.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/analysis/tcp/recording.h"

namespace tapstat::test {
namespace {

using analysis::Engine;
using analysis::tcp::Event;
using analysis::tcp::State;
using analysis::tcp::Step;

[[nodiscard]] Recording recorded(const std::string& script) {
  const Script played = script_named(script);
  return record(played, {.observer = played.observers.front()});
}

[[nodiscard]] std::unique_ptr<Engine> told(const std::string& script) {
  return read_through(*source_of(recorded(script)));
}

// Of the last connection.
[[nodiscard]] std::vector<Step> steps_of_end(const Engine& engine, bool client) {
  const auto tables = engine.model().tcp;
  const std::uint32_t last = tables.connections().size() - 1;
  const auto& c = tables.connections()[last];
  const auto steps = tables.journal().steps(last, client ? c.client() : c.server());
  return {steps.begin(), steps.end()};
}

[[nodiscard]] std::vector<State> states_of(const std::vector<Step>& steps) {
  std::vector<State> states;
  for (const Step& s : steps) states.push_back(s.to);
  return states;
}

// The SYN that finds TIME_WAIT opens the new connection: none is superseded while it opens.
TEST(Steps, AReusedTimeWaitOpensOnce) {
  for (const char* const script : {"vectors/24_time_wait_reused", "vectors/25_time_wait_lower_isn",
                                   "vectors/25_time_wait_newer_timestamp"}) {
    const auto engine = told(script);
    const auto steps = steps_of_end(*engine, false);
    const auto opened = std::count_if(steps.begin(), steps.end(), [](const Step& s) {
      return s.to == State::syn_received && s.from != State::syn_received;
    });
    EXPECT_EQ(opened, 1) << script << "\n" << steps_of(*engine, 1);
    EXPECT_TRUE(std::none_of(steps.begin(), steps.end(), [](const Step& s) {
      return s.from == State::syn_received && s.cause == Event::superseded;
    })) << script;
  }
}

TEST(Steps, WhoSendsOneByteInVainIsToldToGiveUp) {
  Recording frames = recorded("repaired/one_byte_again_is_no_keep_alive");
  const Buffer other = icmp({});  // time goes on
  frames.push_back({.time = frames.back().time + std::chrono::minutes{5},
                    .bytes = other,
                    .wire_len = static_cast<std::uint32_t>(other.size())});
  const auto engine = read_through(*source_of(std::move(frames)));
  const auto steps = steps_of_end(*engine, true);
  ASSERT_FALSE(steps.empty());
  EXPECT_EQ(steps.back().cause, Event::gave_up) << steps_of(*engine, 0);
  EXPECT_FALSE(steps.back().sure);
}

// Each byte was taken for a FIN for a while.
TEST(Steps, AFinThatWasNoneIsNotTold) {
  const auto engine = told("repaired/bytes_acknowledged_one_by_one");
  for (const bool client : {true, false}) {
    const auto states = states_of(steps_of_end(*engine, client));
    for (const State s : states) {
      EXPECT_TRUE(s != State::close_wait && s != State::fin_wait_1 && s != State::fin_wait_2)
          << name(s) << "\n"
          << steps_of(*engine, 0);
    }
    EXPECT_EQ(states.back(), State::established);
  }
}

}  // namespace
}  // namespace tapstat::test
