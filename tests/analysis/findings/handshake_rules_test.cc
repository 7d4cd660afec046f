// Floods, build-ups and scans: what many handshakes show together.
#include <gtest/gtest.h>

#include "tests/analysis/findings/watched.h"

namespace tapstat::test {
namespace {

using namespace std::chrono_literals;
using analysis::FindingKind;
using Kinds = std::vector<FindingKind>;

[[nodiscard]] std::string host(std::size_t n) {
  return "198.18." + std::to_string(n / 250) + "." + std::to_string(n % 250 + 1);
}

// SYNs from as many hosts, each answered by a SYN-ACK that nobody acknowledges.
void send_syns(Watched& tap, std::size_t count, std::chrono::nanoseconds apart,
               bool answered = true) {
  for (std::size_t n = 0; n < count; ++n) {
    const std::string source = host(n);
    const TcpSpec syn{.src = source, .flags = "S", .seq = 1};
    tap.see(tcp(syn), apart);
    if (answered) tap.see(tcp(Watched::answer(syn, "SA", 1, 2)), 0ns);
  }
}

TEST(HandshakeRules, AHundredWithinTenSecondsAreAFlood) {
  Watched tap;
  send_syns(tap, 100, 50ms);
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u) << "the build-up is the same thing, and not told again";
  EXPECT_EQ(found[0].kind, FindingKind::syn_flood);
  EXPECT_EQ(found[0].figures.clients, 100u);
  EXPECT_EQ(found[0].frames.size(), analysis::kMostFrames);
}

TEST(HandshakeRules, AFloodNeedsNoAnswers) {
  Watched tap;
  send_syns(tap, 150, 50ms, false);
  EXPECT_EQ(tap.kinds(), Kinds{FindingKind::syn_flood});
}

TEST(HandshakeRules, SlowerItIsABuildup) {
  Watched tap;
  send_syns(tap, 30, 500ms);
  EXPECT_EQ(tap.kinds(), Kinds{FindingKind::half_open_buildup});
}

TEST(HandshakeRules, AFewHalfOpenConnectionsAreNothing) {
  Watched tap;
  send_syns(tap, 10, 500ms);
  tap.see(tcp({.src = "10.9.9.9", .dst_port = 81}), 10s);
  EXPECT_EQ(tap.kinds(), Kinds{FindingKind::asymmetric_capture}) << "of the last segment";
}

TEST(HandshakeRules, ACrowdThatAsksAgainIsNoFlood) {
  Watched tap;
  for (int round = 0; round < 2; ++round) send_syns(tap, 120, 10ms, false);
  EXPECT_EQ(tap.kinds(), Kinds{FindingKind::no_answer});
}

TEST(HandshakeRules, ABusyServiceMayMeetSomeThatVanish) {
  Watched tap;
  for (std::uint16_t n = 0; n < 600; ++n) {
    tap.open({.src_port = static_cast<std::uint16_t>(30000 + n), .payload_len = 1});
  }
  send_syns(tap, 120, 1ms);
  EXPECT_TRUE(tap.kinds().empty());
}

void refuse(Watched& tap, const TcpSpec& where) {
  TcpSpec syn = where;
  syn.flags = "S";
  syn.seq = 1;
  tap.see(tcp(syn));
  tap.see(tcp(Watched::answer(syn, "RA", 0, 2)));
}

TEST(ScanRules, FifteenPortsOfAHostAreAScan) {
  Watched tap;
  for (std::uint16_t port = 1; port <= 15; ++port) refuse(tap, {.dst_port = port});
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u) << "and not fifteen services that refuse";
  EXPECT_EQ(found[0].kind, FindingKind::port_scan);
  EXPECT_EQ(found[0].figures.ports, 15u);
  EXPECT_EQ(found[0].figures.hosts, 1u);
}

TEST(ScanRules, FourteenAreNot) {
  Watched tap;
  for (std::uint16_t port = 1; port <= 14; ++port) refuse(tap, {.dst_port = port});
  EXPECT_EQ(tap.kinds(), Kinds(14, FindingKind::connection_refused));
}

TEST(ScanRules, SlowKnockingIsNot) {
  Watched tap;
  for (std::uint16_t port = 1; port <= 20; ++port) {
    refuse(tap, {.dst_port = port});
    tap.see(udp({}), 60s);
  }
  EXPECT_EQ(tap.kinds(), Kinds(20, FindingKind::connection_refused));
}

TEST(ScanRules, OnePortOfManyHosts) {
  Watched tap;
  for (std::size_t n = 0; n < 25; ++n) {
    const std::string target = host(n);
    refuse(tap, {.dst = target, .dst_port = 22});
  }
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::port_scan);
  EXPECT_EQ(found[0].figures.ports, 1u);
  EXPECT_EQ(found[0].figures.hosts, 25u);
}

TEST(ScanRules, ManyPortsOfManyHostsAreOneScan) {
  Watched tap;
  for (std::size_t n = 0; n < 30; ++n) {
    const std::string target = host(n);
    for (std::uint16_t port = 1; port <= 20; ++port) refuse(tap, {.dst = target, .dst_port = port});
  }
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].figures.count, 600u);
  EXPECT_EQ(found[0].figures.hosts, 30u);
  EXPECT_EQ(found[0].figures.ports, 20u);
}

TEST(ScanRules, WhoIsServedElsewhereHasBusinessThere) {
  Watched tap;
  for (std::uint16_t port = 1; port <= 16; ++port) {
    tap.open({.dst_port = static_cast<std::uint16_t>(1000 + port), .payload_len = 5});
    refuse(tap, {.dst_port = port});
  }
  EXPECT_EQ(tap.kinds(), Kinds(16, FindingKind::connection_refused));
}

TEST(SplitHandshake, ASynInAnswerToASyn) {
  Watched tap;
  const TcpSpec client{.flags = "S", .seq = 1};
  tap.see(tcp(client));
  tap.see(tcp(Watched::answer(client, "S", 100, 0)));
  tap.see(tcp({.flags = "SA", .seq = 1, .ack = 101}));
  tap.see(tcp(Watched::answer(client, "A", 101, 2)));
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::split_handshake);
  EXPECT_EQ(found[0].frames, std::vector<std::uint64_t>{2});
}

TEST(SplitHandshake, CrossedSynsAreNone) {
  Watched tap;
  const TcpSpec client{.flags = "S", .seq = 1};
  tap.see(tcp(client));
  tap.see(tcp(Watched::answer(client, "S", 100, 0)));
  tap.see(tcp({.flags = "SA", .seq = 1, .ack = 101}));
  tap.see(tcp(Watched::answer(client, "SA", 100, 2)));
  EXPECT_TRUE(tap.kinds().empty());
}

}  // namespace
}  // namespace tapstat::test
