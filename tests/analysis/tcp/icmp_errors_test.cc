// ICMP errors among segments: which connection they reach, wherever the tap saw them.
#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {
namespace {

using analysis::tcp::State;

TcpSpec syn() { return from_client({.flags = "S", .seq = 1000}); }
TcpSpec syn6() {
  TcpSpec spec = syn();
  spec.src = "fd00::1";
  spec.dst = "fd00::2";
  return spec;
}

// A router's answer to it: the host behind it cannot be reached.
IcmpSpec unreachable(const TcpSpec& lost) {
  Buffer quote = tcp_packet(lost);
  quote.resize((quote[0] >> 4 == 6 ? 40u : 20u) + 8u);
  const bool v6 = quote[0] >> 4 == 6;
  return {.src = v6 ? "fd00::9" : "10.0.0.9",
          .dst = lost.src,
          .type = static_cast<std::uint8_t>(v6 ? 1 : 3),
          .code = static_cast<std::uint8_t>(v6 ? 3 : 1),
          .payload = quote};
}

State client_of(const Tap& tap, std::uint32_t id = 0) {
  return tap.connection(id).end(tap.connection(id).client()).state();
}

TEST(IcmpErrors, EndTheAttemptTheyAreAbout) {
  for (const TcpSpec& lost : {syn(), syn6()}) {
    Tap tap;
    tap.see(tcp(lost));
    ASSERT_EQ(client_of(tap), State::syn_sent);
    tap.see(icmp(unreachable(lost)));
    EXPECT_EQ(client_of(tap), State::closed);
    EXPECT_EQ(tap.connection(0).traffic(0).packets + tap.connection(0).traffic(1).packets, 1u)
        << "an error is no packet of the connection";
    EXPECT_EQ(tap.engine().model().totals.icmp, 1u);
  }
}

TEST(IcmpErrors, OpenNoConnection) {
  Tap tap;
  tap.see(icmp(unreachable(syn())));
  EXPECT_EQ(tap.connections(), 0u);
  tap.see(tcp(syn()));
  EXPECT_EQ(client_of(tap), State::syn_sent) << "what came before it was not about it";
}

TEST(IcmpErrors, AboutAnotherConnectionAreNotAboutThisOne) {
  Tap tap;
  tap.see(tcp(syn()));
  TcpSpec other_port = syn(), other_number = syn(), answer = from_server(syn());
  ++other_port.src_port;
  other_number.seq += 100'000;
  for (const TcpSpec& other : {other_port, other_number, answer}) {
    tap.see(icmp(unreachable(other)));
    EXPECT_EQ(client_of(tap), State::syn_sent);
  }
}

TEST(IcmpErrors, InAVlanOrWithoutOneEndTheSameAttempt) {
  TcpSpec tagged = syn();
  tagged.vlan = {10};
  for (const std::vector<std::uint16_t>& vlan : {std::vector<std::uint16_t>{10}, {}}) {
    Tap tap;
    tap.see(tcp(tagged));
    IcmpSpec error = unreachable(syn());
    error.vlan = vlan;
    tap.see(icmp(error));
    EXPECT_EQ(client_of(tap), State::closed) << vlan.size();
  }
}

TEST(IcmpErrors, ReachTheAttemptOfTheirNumberWhereTwoVlansUseTheSameAddresses) {
  Tap tap;
  TcpSpec in_10 = syn(), in_20 = syn();
  in_10.vlan = {10};
  in_20.vlan = {20};
  in_20.seq = 900'000'000;
  tap.see(tcp(in_10));
  tap.see(tcp(in_20));
  ASSERT_EQ(tap.connections(), 2u);
  IcmpSpec error = unreachable(in_20);
  error.vlan = {20};
  tap.see(icmp(error));
  EXPECT_EQ(client_of(tap, 0), State::syn_sent);
  EXPECT_EQ(client_of(tap, 1), State::closed);
}

TEST(IcmpErrors, InATunnelReachTheConnectionInIt) {
  Tap tap;
  tap.see(ethernet(gre(tcp_packet(syn()))));
  tap.see(
      ethernet(gre(icmp_packet(unreachable(syn())), {}, {.src = "192.0.2.2", .dst = "192.0.2.1"})));
  ASSERT_EQ(tap.connections(), 1u);
  EXPECT_EQ(client_of(tap), State::closed);
}

TEST(IcmpErrors, ReachAConnectionWhosePacketsHaveExtensionHeaders) {
  const Buffer packet = add_ipv6_extension(tcp_packet(syn6()), 60, hex("0104 00000000"));
  IcmpSpec error = unreachable(syn6());
  error.payload = packet;
  Tap tap;
  tap.see(ethernet(packet));
  tap.see(icmp(error));
  EXPECT_EQ(client_of(tap), State::closed);
}

// One batch: the segments before an error are taken before it, those after it after.
TEST(IcmpErrors, AreTakenInTheirTurn) {
  const std::vector<Buffer> bytes = {tcp(syn()), icmp(unreachable(syn())), tcp(syn())};
  std::vector<capture::Frame> frames;
  frames.reserve(bytes.size());
  for (const Buffer& b : bytes) {
    frames.push_back(frame_of(b,
                              std::chrono::seconds{1'700'000'000 + static_cast<int>(frames.size())},
                              frames.size() + 1));
  }
  analysis::Engine engine(1);
  engine.take(std::span(frames).first(2));
  const auto& connections = engine.model().tcp.connections();
  ASSERT_EQ(connections.size(), 1u);
  const auto client_state = [&] { return connections[0].end(connections[0].client()).state(); };
  EXPECT_EQ(client_state(), State::closed);
  engine.take(std::span(frames).last(1));
  EXPECT_EQ(client_state(), State::syn_sent) << "its host tries on";
}

}  // namespace
}  // namespace tapstat::test
