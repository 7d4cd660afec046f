// Findings of a part of a capture: from an instant on, or as they were at one.
#include <gtest/gtest.h>

#include "tests/analysis/findings/watched.h"

namespace tapstat::test {
namespace {

using namespace std::chrono_literals;
using analysis::Finding;
using analysis::FindingKind;
using analysis::Period;
using Kinds = std::vector<FindingKind>;

void refuse(Watched& tap, std::uint16_t port, std::uint32_t isn = 1) {
  tap.see(tcp({.src_port = port, .flags = "S", .seq = isn}));
  tap.see(tcp(Watched::answer({.src_port = port}, "RA", 0, isn + 1)));
}

void go_round(Watched& tap, std::uint16_t id) {
  for (std::uint8_t ttl = 63; ttl > 53; ttl -= 2) {
    tap.see(udp({.dst = "203.0.113.9", .ip_id = id, .ttl = ttl}));
  }
}

// The client closes; the server acknowledges that and goes no further.
void leave_half_closed(Watched& tap, std::uint16_t port) {
  tap.open({.src_port = port, .payload_len = 10});
  tap.see(tcp({.src_port = port, .flags = "FA", .seq = 12, .ack = 2}));
  tap.see(tcp(Watched::answer({.src_port = port}, "A", 2, 13)));
}

TEST(FindingsFrom, WhatLiesBeforeItIsNotTold) {
  Watched tap;
  refuse(tap, 40000);
  go_round(tap, 7);
  tap.see(udp({}), 1s);
  EXPECT_TRUE(tap.kinds({.from = tap.now()}).empty());
  EXPECT_EQ(tap.kinds(), (Kinds{FindingKind::routing_loop, FindingKind::connection_refused}));
}

TEST(FindingsFrom, OnlyWhatLiesBehindItIsCounted) {
  Watched tap;
  refuse(tap, 40000);
  tap.see(udp({}), 1s);
  const Period period{.from = tap.now()};
  refuse(tap, 40001);
  const auto found = tap.findings(period);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].figures.count, 1u);
  EXPECT_EQ(found[0].connections, std::vector<std::uint32_t>{1});
  EXPECT_EQ(found[0].frames, std::vector<std::uint64_t>{5});
  EXPECT_LE(*period.from, found[0].first);
}

TEST(FindingsFrom, ASynThatGoesOutAgainWasStillInVain) {
  Watched tap;
  tap.see(tcp({.flags = "S", .seq = 1}));
  const Period period{.from = tap.now() + 500ms};
  tap.see(tcp({.flags = "S", .seq = 1}), 1s);
  const auto found = tap.findings(period);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::no_answer);
  EXPECT_EQ(found[0].first, *period.from);
  EXPECT_TRUE(found[0].frames.empty()) << "frame 1 lies before";
}

TEST(FindingsFrom, BehindTheLastPacketThereIsNothing) {
  Watched tap;
  refuse(tap, 40000);
  for (std::uint16_t n = 0; n < 3; ++n) leave_half_closed(tap, static_cast<std::uint16_t>(100 + n));
  EXPECT_TRUE(tap.kinds({.from = tap.now() + 1h}).empty());
}

TEST(FindingsAt, WhatComesLaterIsNotTold) {
  Watched tap;
  tap.see(udp({}));
  tap.look_back_later();
  const Period period{.at = tap.now()};
  go_round(tap, 7);
  refuse(tap, 40000);
  EXPECT_TRUE(tap.kinds(period).empty());
}

TEST(FindingsAt, ALoopAsItWasThen) {
  Watched tap;
  go_round(tap, 7);
  tap.look_back_later();
  const Period period{.at = tap.now()};
  go_round(tap, 8);
  const auto found = tap.findings(period);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].figures.count, 1u);
}

TEST(FindingsAt, ALeakIsAsOldAsItWasThen) {
  Watched tap;
  for (std::uint16_t n = 0; n < 3; ++n) leave_half_closed(tap, static_cast<std::uint16_t>(100 + n));
  tap.see(udp({}), 61s);
  tap.look_back_later();
  const Period period{.at = tap.now()};
  for (std::uint16_t n = 0; n < 3; ++n) {
    tap.see(tcp(Watched::answer({.src_port = static_cast<std::uint16_t>(100 + n)}, "FA", 2, 13)),
            10s);
  }
  const auto found = tap.findings(period);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::close_wait_leak);
  EXPECT_LT(found[0].figures.longest, 62s);
}

TEST(FindingsAt, BeforeAMinuteIsOverItIsNone) {
  Watched tap;
  for (std::uint16_t n = 0; n < 3; ++n) leave_half_closed(tap, static_cast<std::uint16_t>(100 + n));
  tap.see(udp({}), 30s);
  tap.look_back_later();
  const Period period{.at = tap.now()};
  tap.see(udp({}), 60s);
  EXPECT_TRUE(tap.kinds(period).empty());
}

TEST(FindingsAt, EvidenceIsOfThatTime) {
  Watched tap;
  refuse(tap, 40000);
  tap.look_back_later();
  const Period period{.at = tap.now()};
  refuse(tap, 40000, 90000);
  const auto found = tap.findings(period);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].frames, std::vector<std::uint64_t>{2});
}

}  // namespace
}  // namespace tapstat::test
