// Leaks, storms of resets, ports used up, and what the capture lacks.
#include <gtest/gtest.h>

#include "tests/analysis/findings/watched.h"

namespace tapstat::test {
namespace {

using namespace std::chrono_literals;
using analysis::FindingKind;
using Kinds = std::vector<FindingKind>;

// The client's port of connection `n`.
[[nodiscard]] TcpSpec connection(std::uint16_t n, std::string_view client = "10.0.0.1") {
  return {.src = client, .src_port = static_cast<std::uint16_t>(40000 + n), .payload_len = 10};
}

// The client closes; the server acknowledges that and goes no further.
void leave_half_closed(Watched& tap, std::uint16_t n, std::string_view client = "10.0.0.1") {
  tap.open(connection(n, client));
  TcpSpec fin = connection(n, client);
  fin.flags = "FA";
  fin.seq = 12;
  fin.ack = 2;
  fin.payload_len = 0;
  tap.see(tcp(fin));
  tap.see(tcp(Watched::answer(fin, "A", 2, 13)));
}

void close(Watched& tap, std::uint16_t n, std::string_view client = "10.0.0.1") {
  leave_half_closed(tap, n, client);
  tap.see(tcp(Watched::answer(connection(n, client), "FA", 2, 13)));
  TcpSpec ack = connection(n, client);
  ack.seq = 13;
  ack.ack = 3;
  ack.payload_len = 0;
  tap.see(tcp(ack));
}

TEST(LeakRules, ThreeThatWaitForMoreThanAMinute) {
  Watched tap;
  for (std::uint16_t n = 0; n < 3; ++n) leave_half_closed(tap, n);
  tap.see(udp({}), 61s);
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::close_wait_leak);
  EXPECT_EQ(found[0].subject,
            (analysis::Subject{analysis::Socket{
                analysis::IpAddress::from_wire(ip_bytes("10.0.0.2").data(), 4), 80}}));
  EXPECT_GE(found[0].figures.longest, 61s);
}

TEST(LeakRules, ThatWorkOnAreNone) {
  Watched tap;
  for (std::uint16_t n = 0; n < 3; ++n) leave_half_closed(tap, n);
  for (std::uint16_t n = 0; n < 3; ++n) {
    TcpSpec data = Watched::answer(connection(n), "PA", 2, 13);
    data.payload_len = 100;
    tap.see(tcp(data), 30s);
  }
  tap.see(udp({}), 61s);
  EXPECT_TRUE(tap.kinds().empty());
}

TEST(LeakRules, AMinuteIsNotOver) {
  Watched tap;
  for (std::uint16_t n = 0; n < 9; ++n) leave_half_closed(tap, n);
  tap.see(udp({}), 50s);
  EXPECT_TRUE(tap.kinds().empty());
}

TEST(LeakRules, TenAtATimeNeedNotWaitSoLong) {
  Watched tap;
  for (std::uint16_t n = 0; n < 10; ++n) leave_half_closed(tap, n);
  tap.see(udp({}), 11s);
  EXPECT_EQ(tap.kinds(), Kinds{FindingKind::close_wait_leak});
}

TEST(PortRules, AFullRangeTakenInAnyOrder) {
  Watched tap;
  for (std::uint16_t n = 0; n < 60; ++n) close(tap, static_cast<std::uint16_t>(n * 7 % 60));
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::time_wait_exhaustion);
  EXPECT_EQ(found[0].figures.most, 60u);
  EXPECT_EQ(found[0].figures.of, 60u);
}

TEST(PortRules, OfTwoClientsTheOneWithTheMost) {
  Watched tap;
  for (std::uint16_t n = 0; n < 60; ++n) close(tap, static_cast<std::uint16_t>(n * 7 % 60));
  for (std::uint16_t n = 0; n < 30; ++n) {
    close(tap, static_cast<std::uint16_t>(n * 7 % 30), "10.0.0.3");
  }
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].other,
            (analysis::Subject{analysis::IpAddress::from_wire(ip_bytes("10.0.0.1").data(), 4)}));
  EXPECT_EQ(found[0].figures.most, 60u);
  EXPECT_EQ(found[0].figures.of, 60u);
  EXPECT_EQ(found[0].figures.clients, 2u);
}

TEST(PortRules, AClientThatCountsUpwardsHasTheRestLeft) {
  Watched tap;
  for (std::uint16_t n = 0; n < 60; ++n) close(tap, n);
  EXPECT_TRUE(tap.kinds().empty());
}

TEST(PortRules, PortsInBetweenAreLeft) {
  Watched tap;
  for (std::uint16_t n = 0; n < 60; ++n) close(tap, static_cast<std::uint16_t>(n * 7 % 60 * 2));
  EXPECT_TRUE(tap.kinds().empty());
}

void reset(Watched& tap, std::uint16_t n) {
  tap.open(connection(n));
  tap.see(tcp(Watched::answer(connection(n), "RA", 2, 12)));
}

TEST(ResetRules, TwentyCutOffAreAStorm) {
  Watched tap;
  for (std::uint16_t n = 0; n < 20; ++n) reset(tap, n);
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::reset_storm);
  EXPECT_EQ(found[0].figures.by_server, 20u);
}

TEST(ResetRules, AmongMoreThatCloseTheyAreNone) {
  Watched tap;
  for (std::uint16_t n = 0; n < 20; ++n) {
    close(tap, static_cast<std::uint16_t>(100 + n));
    reset(tap, n);
    close(tap, static_cast<std::uint16_t>(200 + n * 3));
  }
  EXPECT_TRUE(tap.kinds().empty());
}

TEST(ResetRules, OneASecondIsNone) {
  Watched tap;
  for (std::uint16_t n = 0; n < 30; ++n) {
    reset(tap, n);
    tap.see(udp({}), 1s);
  }
  EXPECT_TRUE(tap.kinds().empty());
}

TEST(CaptureLoss, AcknowledgedAndNeverSeen) {
  Watched tap;
  tap.open(connection(0));
  TcpSpec later = connection(0);
  later.seq = 112;
  later.ack = 2;
  tap.see(tcp(later));
  tap.see(tcp(Watched::answer(later, "A", 2, 122)));
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::capture_loss);
  EXPECT_EQ(found[0].figures.bytes, 100u);
}

TEST(CaptureLoss, LostOnTheWayItIsSentAgain) {
  Watched tap;
  tap.open(connection(0));
  TcpSpec later = connection(0);
  later.seq = 112;
  later.ack = 2;
  tap.see(tcp(later));
  tap.see(tcp(Watched::answer(later, "A", 2, 12)));
  TcpSpec lost = connection(0);
  lost.seq = 12;
  lost.ack = 2;
  lost.payload_len = 100;
  tap.see(tcp(lost));
  tap.see(tcp(Watched::answer(later, "A", 2, 122)));
  EXPECT_TRUE(tap.kinds().empty());
}

}  // namespace
}  // namespace tapstat::test
