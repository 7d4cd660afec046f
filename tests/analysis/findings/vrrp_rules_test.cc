// Findings about virtual routers, and what is none.
#include <gtest/gtest.h>

#include "tests/analysis/findings/watched.h"
#include "tests/support/vrrp_message.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using test::Watched;
using Kinds = std::vector<FindingKind>;
using enum FindingKind;

constexpr std::string_view kA = "10.0.0.1", kB = "10.0.0.2";

[[nodiscard]] IpAddress ip(std::string_view address) {
  const test::Buffer bytes = test::ip_bytes(address);
  return IpAddress::from_wire(bytes.data(), 4);
}

void speak(Watched& tap, std::string_view who, std::uint8_t priority, int times,
           const std::vector<std::uint16_t>& vlan = {}) {
  for (int i = 0; i < times; ++i) {
    tap.see(test::vrrp({.priority = priority, .src = who, .vlan = vlan}), 1s);
  }
}

TEST(VrrpFailover, IsAboutTheVirtualAddress) {
  Watched tap;
  speak(tap, kA, 150, 5);
  speak(tap, kA, 0, 1);
  speak(tap, kB, 100, 5);
  speak(tap, kA, 150, 5);
  const auto findings = tap.findings();
  ASSERT_EQ(findings.size(), 1u);
  const Finding& f = findings[0];
  EXPECT_EQ(f.kind, vrrp_failover);
  EXPECT_EQ(f.subject, Subject{ip("10.0.0.100")});
  EXPECT_EQ(f.figures.count, 2u);
  EXPECT_EQ(f.vrrp.vrid, 51);
  ASSERT_EQ(f.vrrp.failovers.size(), 2u);
  EXPECT_EQ(f.vrrp.failovers[0].reason, lvs::VrrpReason::priority_zero);
  EXPECT_EQ(f.vrrp.failovers[1].reason, lvs::VrrpReason::higher_priority);
  EXPECT_EQ(f.frames, (std::vector<std::uint64_t>{6, 7, 11, 12}));
}

TEST(VrrpFailover, IsNoneWhereOneMasterGoesOn) {
  Watched tap;
  speak(tap, kA, 150, 30);
  EXPECT_EQ(tap.kinds(), Kinds{});
}

TEST(VrrpFailover, ThatLiesBeforeThePeriodIsNotTold) {
  Watched tap;
  speak(tap, kA, 150, 5);
  speak(tap, kA, 0, 1);
  speak(tap, kB, 100, 10);
  EXPECT_EQ(tap.kinds({.from = tap.now() - 5s}), Kinds{});
}

TEST(VrrpFailover, OfLaterIsNotTold) {
  Watched tap;
  speak(tap, kA, 150, 5);
  tap.look_back_later();
  speak(tap, kA, 0, 1);
  speak(tap, kB, 100, 10);
  EXPECT_EQ(tap.kinds(), Kinds{});
}

TEST(VrrpSplitBrain, NamesBothSpeakers) {
  Watched tap;
  for (int i = 0; i < 20; ++i) {
    tap.see(test::vrrp({.priority = 150, .src = kA, .vlan = {7}}), 500ms);
    tap.see(test::vrrp({.priority = 100, .src = kB, .vlan = {7}}), 500ms);
  }
  const auto findings = tap.findings();
  ASSERT_EQ(findings.size(), 1u);
  const Finding& f = findings[0];
  EXPECT_EQ(f.kind, vrrp_split_brain);
  EXPECT_EQ(f.figures.vlan, 7);
  ASSERT_EQ(f.vrrp.speakers.size(), 2u);
  EXPECT_EQ(f.vrrp.speakers[0].address, ip(kA));
  EXPECT_EQ(f.vrrp.speakers[1].priority, 100);
  EXPECT_FALSE(f.frames.empty());
}

}  // namespace
}  // namespace tapstat::analysis
