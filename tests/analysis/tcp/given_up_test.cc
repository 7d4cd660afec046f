// Where there is not room for all connections: which ones go, and that the others do not notice.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/tcp/connections.h"
#include "tests/analysis/tcp/client.h"
#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {
namespace {

using analysis::tcp::Connection;
using analysis::tcp::Settings;
using analysis::tcp::State;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::size_t kMega = 1u << 20;

[[nodiscard]] Settings within(std::size_t memory) {
  Settings settings;
  settings.memory = memory;
  return settings;
}

void flood(Tap& tap, std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t i = from; i < to; ++i) {
    tap.see(tcp(Client(i, "198.18").sends("S", i, 0)), kSoon);
  }
}

[[nodiscard]] std::vector<Connection> connections_of(const Tap& tap) {
  std::vector<Connection> all;
  for (const Connection& c : tap.engine().model().tcp.connections()) all.push_back(c);
  return all;
}

[[nodiscard]] std::size_t count(const Tap& tap, State client, State server) {
  std::size_t n = 0;
  for (const Connection& c : connections_of(tap)) {
    n += c.end(c.client()).state() == client && c.end(c.server()).state() == server ? 1 : 0;
  }
  return n;
}

[[nodiscard]] std::string told(const Tap& tap) {
  std::string text;
  for (const Connection& c : connections_of(tap)) {
    text += fmt::format("{} {} {} {} {}\n", c.id(), c.key().port[c.client()],
                        name(c.end(c.client()).state()), name(c.end(c.server()).state()),
                        c.traffic(c.client()).packets);
  }
  return text + std::to_string(tap.engine().model().tcp.given_up());
}

// Real connections that live through a flood of 40,000 SYNs, of which a tenth finds room.
void live_through_a_flood(Tap& tap) {
  constexpr std::uint32_t kReal = 40, kShare = 250;
  for (std::uint32_t step = 0; step < 4; ++step) {
    for (std::uint32_t i = 0; i < kReal; ++i) {
      const Client client(i);
      if (step == 0) client.opens(tap);
      if (step == 2) client.asks(tap);
      if (step == 3) client.closes(tap);
      const std::uint32_t turn = step * kReal + i;
      flood(tap, turn * kShare, (turn + 1) * kShare);
    }
  }
  tap.finish();
}

TEST(GivenUp, RealConnectionsLiveThroughAFlood) {
  Tap tap(within(kMega));
  live_through_a_flood(tap);
  EXPECT_EQ(count(tap, State::time_wait, State::closed), 40u);
  const auto model = tap.engine().model();
  EXPECT_GT(model.tcp.given_up(), 30'000u);
  EXPECT_EQ(connections_of(tap).size() + model.tcp.given_up(), 40'040u);
  EXPECT_GT(connections_of(tap).size(), 2'000u) << "the room there is was not used";
}

TEST(GivenUp, LikewiseWithAllThatIsTold) {
  Settings settings = within(8 * kMega);
  settings.journal = settings.analysis = true;
  Tap tap(settings);
  live_through_a_flood(tap);
  EXPECT_EQ(count(tap, State::time_wait, State::closed), 40u);
  EXPECT_GT(tap.engine().model().tcp.given_up(), 30'000u);
  const auto journal = tap.engine().model().tcp.journal();
  for (const Connection& c : connections_of(tap)) {
    if (c.end(c.client()).state() != State::time_wait) continue;
    std::vector<State> states;
    for (const auto& step : journal.steps(c.id(), c.client())) states.push_back(step.to);
    EXPECT_EQ(states, (std::vector{State::syn_sent, State::established, State::fin_wait_1,
                                   State::fin_wait_2, State::time_wait}));
  }
}

TEST(GivenUp, IsTheSameWithAnyNumberOfJobs) {
  Tap alone(within(kMega));
  live_through_a_flood(alone);
  Settings settings = within(kMega);
  settings.jobs = 3;
  Tap together(settings);
  live_through_a_flood(together);
  EXPECT_EQ(told(together), told(alone));
}

TEST(GivenUp, WithRoomForAllNothingIs) {
  Tap tap;
  live_through_a_flood(tap);
  EXPECT_EQ(tap.engine().model().tcp.given_up(), 0u);
  EXPECT_EQ(connections_of(tap).size(), 40'040u);
}

// Some of each kind, then more and more that are open.
TEST(GivenUp, TheClosedGoBeforeTheHalfOpenAndTheseBeforeTheOpen) {
  constexpr std::uint32_t kClosed = 1'200, kHalfOpen = 400, kOpen = 8'000;
  Tap tap(within(2 * kMega));
  for (std::uint32_t i = 0; i < kClosed; ++i) {
    const Client client(i);
    client.opens(tap);
    client.asks(tap);
    client.closes(tap);
  }
  // Of these the tap sees one direction.
  for (std::uint32_t i = 0; i < kHalfOpen; ++i) {
    tap.see(tcp(Client(kClosed + i).gets("PA", 501, 101, 5)), kSoon);
  }
  const auto halves = [&] { return count(tap, State::established, State::established); };
  const std::size_t half_open = halves();
  ASSERT_EQ(half_open, kHalfOpen);
  ASSERT_EQ(tap.engine().model().tcp.given_up(), 0u);
  std::uint32_t opened = 0;
  const auto open_one_more = [&] {
    const Client client(10'000 + opened++);
    client.opens(tap);
    client.asks(tap);
  };
  while (tap.engine().model().tcp.given_up() == 0 && opened < kOpen) open_one_more();
  EXPECT_EQ(halves(), half_open + opened) << "of the first to go none was open, or half open";
  while (opened < kOpen) open_one_more();
  EXPECT_EQ(count(tap, State::time_wait, State::closed), 0u);
  EXPECT_GT(tap.engine().model().tcp.given_up(), kClosed);
}

TEST(GivenUp, OfTheOpenTheSilentGoFirst) {
  constexpr std::uint32_t kMany = 4'000, kBusy = 50;
  Tap tap(within(kMega));
  for (std::uint32_t i = 0; i < kMany; ++i) {
    const Client client(i);
    client.opens(tap);
    client.asks(tap);
    const Client busy(i % kBusy);  // sends on
    if (i >= kBusy) tap.see(tcp(busy.sends("PA", 111 + i / kBusy - 1, 521, 1)), kSoon);
  }
  ASSERT_GT(tap.engine().model().tcp.given_up(), 0u);
  std::vector<bool> is_there(kBusy);
  for (const Connection& c : connections_of(tap)) {
    for (std::uint32_t i = 0; i < kBusy; ++i) {
      if (Client(i).is_of(c)) is_there[i] = true;
    }
  }
  EXPECT_EQ(is_there, std::vector<bool>(kBusy, true));
}

// One with an earlier one of its five-tuple, with another on another path, and with timers filed.
TEST(GivenUp, LeavesNothingBehind) {
  Settings settings = within(2 * kMega);
  settings.journal = true;
  Tap tap(settings);
  for (std::uint32_t i = 0; i < 3'000; ++i) {
    const Client client(i % 500);
    TcpSpec syn = client.sends("S", 1000 * i, 0);
    tap.see(tcp(syn), kSoon);
    syn.vlan = {static_cast<std::uint16_t>(1 + i % 7)};
    tap.see(tcp(syn), kSoon);
    if (i % 3 == 0) tap.see(tcp(client.gets("SA", 5, 1000 * i + 1)), kSoon);
    if (i % 100 == 0) tap.wait(seconds{1});
  }
  tap.wait(hours{1});
  EXPECT_GT(tap.engine().model().tcp.given_up(), 1'000u);
  const Client late(700);
  late.opens(tap);
  late.asks(tap);
  EXPECT_EQ(count(tap, State::established, State::established), 1u);
}

}  // namespace
}  // namespace tapstat::test
