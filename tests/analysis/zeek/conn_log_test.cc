// Frames through the engine, and the connections of Zeek's conn.log that they make.
#include "analysis/zeek/conn_log.h"

#include <gtest/gtest.h>

#include "analysis/engine.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis::zeek {
namespace {

using std::chrono::seconds;

class ConnLogTest : public testing::Test {
 protected:
  void see(const test::Buffer& frame, std::chrono::nanoseconds later = seconds{0}) {
    time_ += later;
    const capture::Frame f = test::frame_of(frame, time_, ++frames_);
    engine_.take({&f, 1});
  }
  [[nodiscard]] const Conns& conns() const { return conns_; }
  [[nodiscard]] std::uint32_t count() const { return conns_.conns.size(); }
  [[nodiscard]] const Conn& conn(std::uint32_t i) const { return conns_.conns[i]; }
  [[nodiscard]] std::string_view tcp_history(std::uint32_t i) const {
    return conns_.sessions[conn(i).session].history().letters();
  }

 private:
  Engine engine_{1, {}, {.conns = true, .checksums = decode::Checksums::verified}};
  const Conns& conns_ = engine_.model().conns;
  std::chrono::nanoseconds time_{seconds{1000}};
  std::uint64_t frames_ = 0;
};

TEST_F(ConnLogTest, AUdpQuestionAndItsAnswer) {
  see(test::udp({.dst_port = 53, .payload = test::Buffer(20)}));
  see(test::udp({.src = "10.0.0.2",
                 .src_port = 53,
                 .dst = "10.0.0.1",
                 .dst_port = 40000,
                 .payload = test::Buffer(100)}));
  ASSERT_EQ(count(), 1u);
  const int orig = conns().originator(conn(0));
  EXPECT_EQ(conn(0).history.letters(), "Dd");
  EXPECT_EQ(conn(0).payload[orig], 20u);
  EXPECT_EQ(conn(0).payload[1 - orig], 100u);
  EXPECT_EQ(conn(0).ip_bytes[orig], 48u);
}

TEST_F(ConnLogTest, AUdpAnswerSeenFirstIsKnownByItsPort) {
  see(test::udp({.src_port = 53, .dst_port = 40000}));
  EXPECT_EQ(conn(0).history.letters(), "^d");
}

TEST_F(ConnLogTest, SilenceEndsAndTheNextPacketBeginsAnother) {
  see(test::udp({.dst_port = 9999}));
  see(test::udp({.dst_port = 9999}), seconds{59});
  EXPECT_EQ(count(), 1u);
  see(test::udp({.dst_port = 9999}), seconds{60});
  EXPECT_EQ(count(), 2u);
}

TEST_F(ConnLogTest, DnsEndsSooner) {
  see(test::udp({.dst_port = 53}));
  see(test::udp({.dst_port = 53}), seconds{12});
  EXPECT_EQ(count(), 2u);
}

TEST_F(ConnLogTest, EchoAndItsReplyAreOneAndErrorsAreOneWay) {
  see(test::icmp({.type = 8}));
  see(test::icmp({.src = "10.0.0.2", .dst = "10.0.0.1", .type = 0}));
  EXPECT_EQ(count(), 1u);
  see(test::icmp({.type = 3, .code = 1}));
  see(test::icmp({.src = "10.0.0.2", .dst = "10.0.0.1", .type = 3, .code = 1}));
  EXPECT_EQ(count(), 3u);
  EXPECT_EQ(conn(1).key.port[0], 3u);
  EXPECT_EQ(conn(1).key.port[1], 1u);
}

TEST_F(ConnLogTest, SctpIsAProtocolWithoutPorts) {
  const test::Buffer chunks = test::concat(test::hex("1234 0050 00000000 00000000"), {});
  see(test::ethernet(test::ip_packet(chunks, 132)));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(conn(0).transport, Transport::unknown_transport);
  EXPECT_EQ(conn(0).key.port[0], 0u);
}

TEST_F(ConnLogTest, TheDatagramsAroundATunnelAreAConnectionOfTheirOwn) {
  see(test::ethernet(test::vxlan(test::tcp({.flags = "S"}), 7)));
  ASSERT_EQ(count(), 2u);
  EXPECT_EQ(conn(0).tunnel, decode::Layer::vxlan);
  EXPECT_EQ(conn(1).transport, Transport::tcp);
  EXPECT_EQ(conn(1).parents[0], 0u);
}

TEST_F(ConnLogTest, AVlanTellsNoConnectionsApart) {
  see(test::tcp({.flags = "S", .vlan = {10}}));
  see(test::tcp({.flags = "S", .vlan = {20}}));
  EXPECT_EQ(count(), 1u);
}

TEST_F(ConnLogTest, ASynWithAnotherNumberIsAnotherConnection) {
  see(test::tcp({.flags = "S", .seq = 1}));
  see(test::tcp({.flags = "S", .seq = 2}));
  EXPECT_EQ(count(), 2u);
}

TEST_F(ConnLogTest, ABadChecksumIsNotedAndNotCounted) {
  see(test::tcp({.flags = "S", .bad_checksum = true}));
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(tcp_history(0), "C");
  EXPECT_EQ(conn(0).packets[0] + conn(0).packets[1], 0u);
}

TEST(ConnLog, WhatMemoryDoesNotDoForIsCounted) {
  constexpr std::uint16_t kSeen = 500;
  Engine engine(1, {}, {.conns = true, .memory = std::size_t{64} << 10});
  std::uint64_t frames = 0;
  for (std::uint16_t port = 1; port <= kSeen; ++port) {
    for (const test::Buffer& bytes :
         {test::tcp({.src_port = port, .flags = "S"}), test::udp({.src_port = port}),
          test::ethernet(
              test::gre(test::udp_packet({.src_port = port}), {}, {.src = "192.0.2.7"}))}) {
      const capture::Frame frame = test::frame_of(bytes, seconds{1}, ++frames);
      engine.take({&frame, 1});
    }
  }
  engine.finish();
  const Model model = engine.model();
  EXPECT_GT(model.conns.conns.size(), 5u);
  EXPECT_LT(model.conns.conns.size(), 100u);
  EXPECT_GT(model.unkept_conns, 3u * kSeen - 100);
}

}  // namespace
}  // namespace tapstat::analysis::zeek
