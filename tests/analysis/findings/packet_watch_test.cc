// Loops and checksums: what single packets show.
#include <gtest/gtest.h>

#include "tests/analysis/findings/watched.h"

namespace tapstat::test {
namespace {

using namespace std::chrono_literals;
using analysis::FindingKind;
using Kinds = std::vector<FindingKind>;

constexpr std::string_view kLeft = "02:00:00:00:00:0a";
constexpr std::string_view kRight = "02:00:00:00:00:0b";

[[nodiscard]] Buffer datagram(std::uint8_t ttl, bool to_right, std::uint16_t id = 7) {
  return udp({.dst = "203.0.113.9",
              .payload = {1, 2, 3},
              .ip_id = id,
              .ttl = ttl,
              .src_mac = to_right ? kLeft : kRight,
              .dst_mac = to_right ? kRight : kLeft});
}

TEST(LoopWatcher, BackAndForthBetweenTwoRouters) {
  Watched tap;
  for (std::uint8_t ttl = 63; ttl > 53; --ttl) tap.see(datagram(ttl, ttl % 2 != 0));
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::routing_loop);
  EXPECT_EQ(found[0].figures.count, 1u);
  EXPECT_EQ(found[0].figures.most, 9u);
  EXPECT_EQ(found[0].frames.size(), 10u);
}

TEST(LoopWatcher, NoMoreFramesThanItKeeps) {
  Watched tap;
  tap.see(datagram(255, true));
  for (std::uint8_t ttl = 254; ttl > 214; --ttl) tap.see(datagram(ttl, false));
  tap.see(datagram(214, true));
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].frames, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST(LoopWatcher, WithoutAnIdWordsSaidAgainAreNoLoop) {
  Watched tap;
  for (const auto ttl : std::initializer_list<std::uint8_t>{60, 59, 58})
    tap.see(datagram(ttl, true, 0), 500ms);
  EXPECT_TRUE(tap.kinds().empty());
  for (const auto ttl : std::initializer_list<std::uint8_t>{56, 51, 50})
    tap.see(datagram(ttl, true, 0), 500ms);
  EXPECT_TRUE(tap.kinds().empty()) << "a circle has as many hops each time";
}

TEST(LoopWatcher, WithoutAnIdFiveEvenRoundsAreALoop) {
  Watched tap;
  for (std::uint8_t ttl = 63; ttl > 53; ttl -= 2) tap.see(datagram(ttl, true, 0));
  EXPECT_EQ(tap.kinds(), Kinds{FindingKind::routing_loop});
}

[[nodiscard]] Buffer datagram_v6(std::uint8_t ttl) {
  return udp({.src = "2001:db8::1", .dst = "2001:db8:1::9", .payload = {1, 2, 3}, .ttl = ttl});
}

TEST(LoopWatcher, Ipv6HasNoId) {
  Watched three;
  for (const auto ttl : std::initializer_list<std::uint8_t>{60, 59, 58})
    three.see(datagram_v6(ttl), 500ms);
  EXPECT_TRUE(three.kinds().empty());
  Watched ten;
  for (std::uint8_t ttl = 63; ttl > 53; --ttl) ten.see(datagram_v6(ttl));
  EXPECT_EQ(ten.kinds(), Kinds{FindingKind::routing_loop});
}

TEST(LoopWatcher, OneDirectionOfTheLinkIsEnough) {
  Watched tap;
  for (std::uint8_t ttl = 63; ttl > 55; ttl -= 2) tap.see(datagram(ttl, true));
  EXPECT_EQ(tap.kinds(), Kinds{FindingKind::routing_loop});
}

TEST(LoopWatcher, TcpGoesRoundToo) {
  Watched tap;
  for (std::uint8_t ttl = 63; ttl > 53; ttl -= 2) {
    tap.see(tcp({.dst = "203.0.113.9", .flags = "S", .seq = 5, .ip_id = 9, .ttl = ttl}));
  }
  EXPECT_EQ(tap.kinds(), Kinds{FindingKind::routing_loop}) << "which is why nobody answers";
}

TEST(LoopWatcher, BeforeAndAfterRoutersIsNoLoop) {
  Watched tap;
  tap.see(datagram(64, true));
  tap.see(datagram(63, false));
  tap.see(udp({.dst = "203.0.113.9", .payload = {1, 2, 3}, .ip_id = 7, .ttl = 62}));
  EXPECT_TRUE(tap.kinds().empty()) << "each time between other hosts";
}

TEST(LoopWatcher, TracerouteIsNoLoop) {
  Watched tap;
  for (std::uint8_t ttl = 1; ttl < 30; ++ttl) tap.see(datagram(ttl, true));
  EXPECT_TRUE(tap.kinds().empty());
}

TEST(LoopWatcher, OtherPacketsAreNotTheSame) {
  Watched tap;
  for (std::uint8_t ttl = 63; ttl > 33; ttl -= 2) tap.see(datagram(ttl, true, ttl));
  EXPECT_TRUE(tap.kinds().empty());
}

TEST(LoopWatcher, ItCountsWhatRoutersSay) {
  Watched tap;
  for (std::uint8_t ttl = 5; ttl > 0; --ttl) tap.see(datagram(ttl, ttl % 2 != 0));
  const Buffer quoted = udp_packet({.dst = "203.0.113.9", .ttl = 1});
  tap.see(icmp({.src = "10.0.0.254", .dst = "10.0.0.1", .type = 11, .payload = quoted}));
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].figures.icmp_errors, 1u);
}

// As a kernel leaves it to its card: the sum of the pseudo-header.
[[nodiscard]] Buffer unfilled(TcpSpec spec) {
  Buffer frame = tcp(spec);
  constexpr std::size_t kIp = 14;
  constexpr std::size_t kTcp = kIp + 20;
  std::uint32_t sum = 6 + static_cast<std::uint32_t>(frame.size() - kTcp);
  for (std::size_t i = kIp + 12; i < kTcp; i += 2) {
    sum += static_cast<std::uint32_t>(frame[i] << 8 | frame[i + 1]);
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  frame[kTcp + 16] = static_cast<std::uint8_t>(sum >> 8);
  frame[kTcp + 17] = static_cast<std::uint8_t>(sum);
  return frame;
}

void talk(Watched& tap, Buffer (*make)(TcpSpec)) {
  tap.open({});
  for (std::uint32_t n = 0; n < 4; ++n) {
    tap.see(make({.seq = 2 + 10 * n, .ack = 2, .payload_len = 10}));
  }
  tap.see(tcp(Watched::answer({}, "A", 2, 42)));
}

TEST(OffloadWatcher, AHostThatLeavesItToItsCard) {
  Watched tap;
  talk(tap, unfilled);
  const auto found = tap.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::checksum_offload);
  EXPECT_EQ(found[0].figures.count, 4u);
  EXPECT_EQ(found[0].figures.of, 6u);
}

TEST(OffloadWatcher, DamageIsSomethingElse) {
  Watched tap;
  talk(tap, [](TcpSpec spec) {
    spec.bad_checksum = true;
    return tcp(spec);
  });
  EXPECT_TRUE(tap.kinds().empty());
}

TEST(OffloadWatcher, OfACutPacketNothingIsKnown) {
  Watched tap;
  tap.open({});
  for (std::uint32_t n = 0; n < 4; ++n) {
    Buffer frame = unfilled({.seq = 2 + 1000 * n, .ack = 2, .payload_len = 1000});
    const auto wire_len = static_cast<std::uint32_t>(frame.size());
    frame.resize(100);
    tap.see(frame, 1ms, wire_len);
  }
  EXPECT_TRUE(tap.kinds().empty());
}

}  // namespace
}  // namespace tapstat::test
