// Send-Q and Recv-Q, as a socket table shows them for each state.
#include <gtest/gtest.h>

#include <optional>

#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {
namespace {

using analysis::tcp::Endpoint;
using analysis::tcp::QueueBounds;
using analysis::tcp::State;

// One connection whose numbers count from each end's first; the client's ISN is 99, the server's
// 499.
class Queues : public testing::Test {
 protected:
  void client(TcpSpec spec) { tap_.see(tcp(from_client(relative(spec, 99, 499)))); }
  void server(TcpSpec spec) { tap_.see(tcp(from_server(relative(spec, 499, 99)))); }
  void shake_hands() {
    client({.flags = "S"});
    server({.flags = "SA", .ack = 1});
    client({.seq = 1, .ack = 1});
  }

  [[nodiscard]] Endpoint end(bool client) const {
    const auto c = tap_.connection(0);
    return c.end(client ? c.client() : c.server());
  }
  [[nodiscard]] std::optional<std::uint32_t> send_queue(bool client) const {
    return end(client).send_queue(end(client).state());
  }
  [[nodiscard]] std::optional<QueueBounds> receive_queue(bool client) const {
    return end(client).receive_queue(end(client).state(), end(!client));
  }
  void expect_unread(bool client, std::uint64_t min, std::optional<std::uint64_t> max) const {
    const auto bounds = receive_queue(client);
    ASSERT_TRUE(bounds);
    EXPECT_EQ(bounds->min, min);
    EXPECT_EQ(bounds->max, max);
  }
  [[nodiscard]] State state(bool client) const { return end(client).state(); }

 private:
  [[nodiscard]] static TcpSpec relative(TcpSpec spec, std::uint32_t own, std::uint32_t others) {
    spec.seq += own;
    if (spec.flags.find('A') != std::string_view::npos) spec.ack += others;
    return spec;
  }

  Tap tap_;
};

constexpr bool kOfClient = true, kOfServer = false;

TEST_F(Queues, InSynSentTheSynWaits) {
  client({.flags = "S"});
  ASSERT_EQ(state(kOfClient), State::syn_sent);
  EXPECT_EQ(send_queue(kOfClient), 1u);
  expect_unread(kOfClient, 0, 0);
}

// Linux shows a request, which has no socket of its own.
TEST_F(Queues, InSynReceivedThereAreNone) {
  client({.flags = "S"});
  server({.flags = "SA", .ack = 1});
  ASSERT_EQ(state(kOfServer), State::syn_received);
  EXPECT_EQ(send_queue(kOfServer), 0u);
  expect_unread(kOfServer, 0, 0);
}

// RFC 7413: it sends data, and its SYN does not count.
TEST_F(Queues, InSynReceivedOfAFastOpenDataCounts) {
  client({.flags = "S", .payload_len = 100});
  server({.flags = "SA", .ack = 101});
  EXPECT_EQ(send_queue(kOfServer), 0u);
  server({.seq = 1, .ack = 101, .payload_len = 50});
  ASSERT_EQ(state(kOfServer), State::syn_received);
  EXPECT_EQ(send_queue(kOfServer), 50u);
}

TEST_F(Queues, DataWaitsUntilItIsAcknowledged) {
  shake_hands();
  EXPECT_EQ(send_queue(kOfClient), 0u);
  client({.seq = 1, .ack = 1, .payload_len = 100});
  EXPECT_EQ(send_queue(kOfClient), 100u);
  client({.seq = 101, .ack = 1, .payload_len = 20});
  EXPECT_EQ(send_queue(kOfClient), 120u);
  server({.seq = 1, .ack = 101});
  EXPECT_EQ(send_queue(kOfClient), 20u);
  server({.seq = 1, .ack = 121});
  EXPECT_EQ(send_queue(kOfClient), 0u);
}

TEST_F(Queues, AFinCountsForOne) {
  shake_hands();
  client({.flags = "FA", .seq = 1, .ack = 1, .payload_len = 100});
  ASSERT_EQ(state(kOfClient), State::fin_wait_1);
  EXPECT_EQ(send_queue(kOfClient), 101u);
  server({.seq = 1, .ack = 101});
  EXPECT_EQ(send_queue(kOfClient), 1u);
  expect_unread(kOfServer, 0, 101);
}

TEST_F(Queues, InTimeWaitThereAreNone) {
  shake_hands();
  server({.seq = 1, .ack = 1, .payload_len = 10});
  client({.flags = "FA", .seq = 1, .ack = 11});
  server({.flags = "FA", .seq = 11, .ack = 2});
  client({.seq = 2, .ack = 12});
  ASSERT_EQ(state(kOfClient), State::time_wait);
  EXPECT_EQ(send_queue(kOfClient), 0u);
  expect_unread(kOfClient, 0, 0);
}

TEST_F(Queues, WithoutASocketThereAreNone) {
  shake_hands();
  client({.seq = 1, .ack = 1, .payload_len = 10});
  server({.flags = "RA", .seq = 1, .ack = 11});
  ASSERT_EQ(state(kOfServer), State::closed);
  EXPECT_EQ(send_queue(kOfServer), std::nullopt);
  EXPECT_FALSE(receive_queue(kOfServer));
}

TEST_F(Queues, OfAnEndThatWasNeverSeenNobodyKnowsWhatItSent) {
  client({.flags = "S"});
  client({.seq = 1, .ack = 1, .payload_len = 10});
  EXPECT_EQ(send_queue(kOfServer), std::nullopt);
}

TEST_F(Queues, UnreadIsAtMostAllThatWasSent) {
  shake_hands();
  client({.seq = 1, .ack = 1, .payload_len = 100});
  expect_unread(kOfServer, 0, 100);
  server({.seq = 1, .ack = 101});
  expect_unread(kOfServer, 0, 100);
}

TEST_F(Queues, WhatFillsTheWindowIsUnread) {
  shake_hands();
  client({.seq = 1, .ack = 1, .payload_len = 1});
  server({.seq = 1, .ack = 2, .window = 1000});
  client({.seq = 2, .ack = 1, .payload_len = 1000});
  server({.seq = 1, .ack = 1002, .window = 0});
  expect_unread(kOfServer, 1000, 1001);
  server({.seq = 1, .ack = 1002, .window = 1000});
  expect_unread(kOfServer, 0, 0);
  client({.seq = 1002, .ack = 1, .payload_len = 30});
  expect_unread(kOfServer, 0, 30);
}

TEST_F(Queues, MidStreamNothingBoundsWhatIsUnread) {
  client({.seq = 1, .ack = 1, .payload_len = 10});
  server({.seq = 1, .ack = 11, .payload_len = 10});
  ASSERT_EQ(state(kOfServer), State::established);
  expect_unread(kOfServer, 0, std::nullopt);
  EXPECT_EQ(send_queue(kOfClient), 0u);
  EXPECT_EQ(send_queue(kOfServer), 10u);
}

}  // namespace
}  // namespace tapstat::test
