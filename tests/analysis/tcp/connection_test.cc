#include "analysis/tcp/connection.h"

#include <gtest/gtest.h>

#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {
namespace {

using analysis::tcp::ClosedBy;
using analysis::tcp::Roles;
using analysis::tcp::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

void shake_hands(Tap& tap) {
  tap.see(tcp(
      from_client({.flags = "S", .seq = 100, .mss = 1460, .wscale = 7, .sack_permitted = true})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 500, .ack = 101, .mss = 1400})), milliseconds{20});
  tap.see(tcp(from_client({.flags = "A", .seq = 101, .ack = 501})), milliseconds{30});
}

TEST(Connection, HandshakeTellsRolesRoundTripsAndOptions) {
  Tap tap;
  shake_hands(tap);
  const auto& c = tap.connection(0);
  EXPECT_EQ(c.roles(), Roles::handshake);
  EXPECT_EQ(c.key().port[c.client()], 40000);
  EXPECT_TRUE(c.handshake().complete());
  EXPECT_EQ(c.handshake().server_rtt(), milliseconds{20});
  EXPECT_EQ(c.handshake().client_rtt(), milliseconds{30});
  EXPECT_EQ(c.end(c.client()).iss()->value(), 100u);
  EXPECT_EQ(c.end(c.client()).offer().mss, 1460);
  EXPECT_EQ(c.end(c.client()).offer().window_shift, 7);
  EXPECT_TRUE(c.end(c.client()).offer().sack);
  EXPECT_EQ(c.end(c.server()).offer().mss, 1400);
  EXPECT_EQ(c.end(c.server()).offer().window_shift, std::nullopt);
}

TEST(Connection, ServerRttCountsFromTheLastSyn) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 100})));
  tap.see(tcp(from_client({.flags = "S", .seq = 100})), seconds{1});
  tap.see(tcp(from_server({.flags = "SA", .seq = 500, .ack = 101})), milliseconds{20});
  EXPECT_EQ(tap.connection(0).handshake().server_rtt(), milliseconds{20});
  EXPECT_EQ(tap.connection(0).handshake().client_rtt(), std::nullopt);
}

TEST(Connection, SynAckAloneNamesTheServer) {
  Tap tap;
  tap.see(tcp({.src_port = 50000, .dst_port = 9, .flags = "SA", .seq = 1, .ack = 2}));
  const auto& c = tap.connection(0);
  EXPECT_EQ(c.roles(), Roles::handshake);
  EXPECT_EQ(c.key().port[c.server()], 50000);
}

TEST(Connection, MidStreamTheLowerPortIsTheServer) {
  Tap tap;
  tap.see(
      tcp({.src_port = 22, .dst_port = 50000, .flags = "A", .seq = 1, .ack = 2, .payload_len = 5}));
  const auto& c = tap.connection(0);
  EXPECT_EQ(c.roles(), Roles::guessed);
  EXPECT_EQ(c.key().port[c.server()], 22);
}

TEST(Connection, PayloadSentAgainCountsOnce) {
  Tap tap;
  shake_hands(tap);
  tap.see(tcp(from_client({.flags = "A", .seq = 101, .ack = 501, .payload_len = 10})));
  tap.see(tcp(from_client({.flags = "A", .seq = 101, .ack = 501, .payload_len = 10})));
  tap.see(tcp(from_client({.flags = "A", .seq = 131, .ack = 501, .payload_len = 10})));  // a hole
  tap.see(tcp(from_client({.flags = "A", .seq = 106, .ack = 501, .payload_len = 30})));  // fills it
  tap.see(tcp(from_client({.flags = "A", .seq = 141, .ack = 501, .payload_len = 5})));
  const auto& c = tap.connection(0);
  EXPECT_EQ(c.end(c.client()).bytes(), 45u);
  EXPECT_EQ(c.traffic(c.client()).packets, 7u);
}

TEST(Connection, KeepAliveProbesAreNoPayload) {
  Tap tap;
  shake_hands(tap);
  tap.see(tcp(from_client({.flags = "A", .seq = 100, .ack = 501, .payload_len = 1})));
  EXPECT_EQ(tap.connection(0).end(tap.connection(0).client()).bytes(), 0u);
}

TEST(Connection, WhoClosedIsToldOnlyOnceItIsOver) {
  Tap tap;
  shake_hands(tap);
  EXPECT_EQ(tap.connection(0).closed_by(), ClosedBy::open);
  tap.see(tcp(from_server({.flags = "FA", .seq = 501, .ack = 101})));
  tap.see(tcp(from_client({.flags = "A", .seq = 101, .ack = 502})));
  EXPECT_EQ(tap.connection(0).closed_by(), ClosedBy::open);
  tap.see(tcp(from_client({.flags = "FA", .seq = 101, .ack = 502})));
  tap.see(tcp(from_server({.flags = "A", .seq = 502, .ack = 102})));
  EXPECT_EQ(tap.connection(0).closed_by(), ClosedBy::server);
}

TEST(Connection, CrossedFinsAreClosedByBoth) {
  Tap tap;
  shake_hands(tap);
  tap.see(tcp(from_client({.flags = "FA", .seq = 101, .ack = 501})));
  tap.see(tcp(from_server({.flags = "FA", .seq = 501, .ack = 101})));
  tap.see(tcp(from_client({.flags = "A", .seq = 102, .ack = 502})));
  tap.see(tcp(from_server({.flags = "A", .seq = 502, .ack = 102})));
  EXPECT_EQ(tap.connection(0).closed_by(), ClosedBy::both);
}

TEST(Connection, ResetAndRefusalAreToldApart) {
  Tap reset;
  shake_hands(reset);
  reset.see(tcp(from_server({.flags = "RA", .seq = 501, .ack = 101})));
  EXPECT_EQ(reset.connection(0).closed_by(), ClosedBy::reset_by_server);

  Tap refused;
  refused.see(tcp(from_client({.flags = "S", .seq = 100})));
  refused.see(tcp(from_server({.flags = "RA", .seq = 0, .ack = 101})));
  EXPECT_EQ(refused.connection(0).closed_by(), ClosedBy::refused);

  Tap refused_late;
  refused_late.see(tcp(from_client({.flags = "S", .seq = 100})));
  refused_late.wait(seconds{2});
  refused_late.see(tcp(from_server({.flags = "RA", .seq = 0, .ack = 101})));
  EXPECT_EQ(refused_late.connection(0).closed_by(), ClosedBy::refused);
}

TEST(Connection, UnansweredSynEndsByTimeout) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 100})));
  tap.wait(seconds{132});
  EXPECT_EQ(tap.connection(0).closed_by(), ClosedBy::timeout);
}

TEST(Connection, KeepsTheMacOfEachEnd) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 100, .src_mac = "02:00:00:00:00:0a"})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 9, .ack = 101, .src_mac = "02:00:00:00:00:0b"})));
  const auto& c = tap.connection(0);
  EXPECT_EQ(c.link_source(c.client()).mac[5], 0x0a);
  EXPECT_EQ(c.link_source(c.server()).mac[5], 0x0b);
}

// A segment far from everything the connection has sent (another incarnation's, or forged) must not
// move the edge that later ones are judged by.
TEST(Connection, ASegmentFarOffDoesNotMoveTheSequenceSpace) {
  Tap tap;
  shake_hands(tap);
  tap.see(
      tcp(from_client({.flags = "A", .seq = 101 + (1u << 31) - 5, .ack = 501, .payload_len = 10})));
  tap.see(tcp(from_client({.flags = "A", .seq = 101, .ack = 501, .payload_len = 10})));
  tap.see(tcp(from_server({.flags = "A", .seq = 501, .ack = 111})));
  const auto& c = tap.connection(0);
  EXPECT_EQ(c.end(c.client()).bytes(), 10u);
  EXPECT_EQ(c.end(c.server()).state(), State::established);
}

// What its peer has and nobody saw is missed; where the tap shows it later after all, it is not.
TEST(Connection, WhatIsAcknowledgedUnseenIsMissedUnlessItComesLater) {
  const auto data = [](std::uint32_t seq) {
    return tcp(from_client({.flags = "A", .seq = seq, .ack = 501, .payload_len = 100}));
  };
  const auto ack = [](std::uint32_t number) {
    return tcp(from_server({.flags = "A", .seq = 501, .ack = number}));
  };
  Tap tap;
  shake_hands(tap);
  const auto client = [&] {
    const auto c = tap.connection(0);
    return c.end(c.client());
  };
  tap.see(ack(201));
  tap.see(ack(301));
  EXPECT_EQ(client().missed(), 200u);
  EXPECT_EQ(client().bytes(), 0u);
  tap.see(data(101));
  tap.see(data(201));
  EXPECT_EQ(client().missed(), 0u);
  EXPECT_EQ(client().bytes(), 200u);
  tap.see(data(401));
  tap.see(ack(501));
  EXPECT_EQ(client().missed(), 100u);
  EXPECT_EQ(client().bytes(), 300u);
}

}  // namespace
}  // namespace tapstat::test
