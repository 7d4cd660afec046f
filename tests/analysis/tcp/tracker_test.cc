#include "analysis/tcp/tracker.h"

#include <gtest/gtest.h>

#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {
namespace {

using analysis::tcp::State;
using std::chrono::seconds;

TEST(Tracker, BothDirectionsAreOneConnection) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 1})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 9, .ack = 2})));
  EXPECT_EQ(tap.connections(), 1u);
}

TEST(Tracker, AnEndThatTalksToItselfIsOneConnection) {
  Tap tap;
  tap.see(tcp({.src = "10.0.0.1",
               .src_port = 80,
               .dst = "10.0.0.1",
               .dst_port = 80,
               .flags = "S",
               .seq = 1}));
  tap.see(tcp({.src = "10.0.0.1",
               .src_port = 80,
               .dst = "10.0.0.1",
               .dst_port = 80,
               .flags = "SA",
               .seq = 1,
               .ack = 2}));
  EXPECT_EQ(tap.connections(), 1u);
}

TEST(Tracker, TheSameSynAgainIsTheSameConnection) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 1})));
  tap.see(tcp(from_client({.flags = "S", .seq = 1})), seconds{1});
  EXPECT_EQ(tap.connections(), 1u);
}

TEST(Tracker, ASynWithAnotherNumberIsTheNextIncarnation) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 1})));
  tap.see(tcp(from_server({.flags = "RA", .seq = 0, .ack = 2})));
  tap.see(tcp(from_client({.flags = "S", .seq = 1000})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 50, .ack = 1001})));
  ASSERT_EQ(tap.connections(), 2u);
  EXPECT_EQ(tap.connection(1).end(tap.connection(1).server()).state(), State::syn_received);
  EXPECT_EQ(tap.connection(0).end(tap.connection(0).client()).state(), State::closed);
}

// Wireshark counts from a SYN-ACK's number, whatever it saw of that end before.
TEST(Tracker, ASynIsHeldAgainstTheNumberOfTheLastSynAck) {
  Tap tap;
  tap.see(tcp(from_server({.flags = "A", .seq = 700, .ack = 5})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 9, .ack = 5})));
  tap.see(tcp(from_server({.flags = "S", .seq = 9})));
  EXPECT_EQ(tap.connections(), 1u);
  tap.see(tcp(from_server({.flags = "S", .seq = 699})));
  EXPECT_EQ(tap.connections(), 2u);
}

TEST(Tracker, TheSameAddressesInAnotherVlanAreAnotherConnection) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 1000, .vlan = {10}})));
  tap.see(tcp(from_client({.flags = "S", .seq = 900'000'000, .vlan = {20}})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 77, .ack = 1001, .vlan = {10}})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 99, .ack = 900'000'001, .vlan = {20}})));
  ASSERT_EQ(tap.connections(), 2u);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto& c = tap.connection(i);
    EXPECT_EQ(c.traffic(0).packets, 1u);
    EXPECT_EQ(c.traffic(1).packets, 1u);
    EXPECT_EQ(c.path().vlans[0], i == 0 ? 10 : 20);
  }
}

// One kernel numbers the same five-tuple alike wherever it uses it (RFC 6528).
TEST(Tracker, AnAnswerGoesToTheConnectionOfItsVlanThoughNumbersAreClose) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 1000, .vlan = {10}})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 7000, .ack = 1001, .vlan = {10}})));
  tap.see(tcp(from_client({.flags = "S", .seq = 1300, .vlan = {20}})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 7300, .ack = 1301, .vlan = {20}})));
  tap.see(tcp(from_client({.flags = "A", .seq = 1301, .ack = 7301, .vlan = {20}})));
  ASSERT_EQ(tap.connections(), 2u);
  EXPECT_EQ(tap.connection(0).traffic(0).packets + tap.connection(0).traffic(1).packets, 2u);
  EXPECT_TRUE(tap.connection(1).handshake().complete());
}

TEST(Tracker, ATagInOneDirectionOnlyDoesNotSplitAConnection) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 1000, .vlan = {10}})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 77, .ack = 1001})));
  tap.see(tcp(from_client({.flags = "A", .seq = 1001, .ack = 78, .vlan = {10}})));
  tap.see(tcp(from_server({.flags = "A", .seq = 78, .ack = 1001, .payload_len = 5})));
  EXPECT_EQ(tap.connections(), 1u);
}

TEST(Tracker, APathThatChangesOnTheWayDoesNotSplitAConnection) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 1000})));
  tap.see(tcp(from_server({.flags = "SA", .seq = 77, .ack = 1001})));
  tap.see(tcp(from_client({.flags = "A", .seq = 1001, .ack = 78, .vlan = {30}})));
  tap.see(ethernet(
      vxlan(tcp(from_client({.flags = "A", .seq = 1001, .ack = 78, .payload_len = 3})), 5)));
  EXPECT_EQ(tap.connections(), 1u);
}

TEST(Tracker, TheSameAddressesInTwoTunnelsAreTwoConnections) {
  Tap tap;
  tap.see(ethernet(vxlan(tcp(from_client({.flags = "S", .seq = 1000})), 5)));
  tap.see(ethernet(vxlan(tcp(from_client({.flags = "S", .seq = 900'000'000})), 6)));
  ASSERT_EQ(tap.connections(), 2u);
  const auto model = tap.engine().model();
  EXPECT_EQ(model.decoder.tunnel(tap.connection(0).path().tunnel).at(0).id, 5u);
  EXPECT_EQ(model.decoder.tunnel(tap.connection(1).path().tunnel).at(0).id, 6u);
}

// A SYN that is not sent again after its first timeout, 1 s, was given up by then.
TEST(Tracker, TimersFireAtTheirTimeWhateverComesBetween) {
  Tap tap;
  tap.see(tcp(from_client({.flags = "S", .seq = 1})));
  for (int i = 0; i < 200; ++i) {
    tap.see(tcp({.src_port = 7, .dst_port = 7777, .flags = "A", .payload_len = 1}), seconds{1});
  }
  EXPECT_EQ(tap.connection(0).end(tap.connection(0).client()).state(), State::closed);
  const auto since = tap.connection(0).end(tap.connection(0).client()).since();
  EXPECT_EQ(*since - tap.connection(0).first(), seconds{1});
}

// Found by fuzzing: a deadline past the last time that 64 bits hold.
TEST(Tracker, TimersHoldAtTheEarliestAndTheLatestTime) {
  for (const capture::Timestamp t : {capture::kEarliest, capture::kLatest}) {
    analysis::Engine engine(1);
    for (const TcpSpec& spec : {from_client({.flags = "FA", .seq = 5, .ack = 9}),
                                from_server({.flags = "FA", .seq = 9, .ack = 6})}) {
      const Buffer bytes = tcp(spec);
      const capture::Frame f = frame_of(bytes, t.time_since_epoch());
      engine.take({&f, 1});
    }
    engine.advance_to(t + seconds{70});
    const auto& c = engine.model().tcp.connections()[0];
    EXPECT_EQ(c.end(c.client()).state(), State::closed);
  }
}

TEST(Tracker, ResultsDoNotDependOnTheHashKey) {
  for (const std::uint64_t secret : {0ull, 1ull, 0x123456789abcdefull}) {
    analysis::Engine engine(secret);
    for (std::uint16_t i = 0; i < 1000; ++i) {
      const Buffer bytes = tcp(
          {.src_port = static_cast<std::uint16_t>(1000 + i % 500), .flags = "S", .seq = i % 500u});
      const capture::Frame f = frame_of(bytes, seconds{1'700'000'000}, i + 1u);
      engine.take({&f, 1});
    }
    ASSERT_EQ(engine.model().tcp.connections().size(), 500u);
    for (std::uint32_t i = 0; i < 500; ++i) {
      EXPECT_EQ(engine.model().tcp.connections()[i].traffic(0).packets, 2u);
    }
  }
}

}  // namespace
}  // namespace tapstat::test
