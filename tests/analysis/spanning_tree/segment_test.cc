#include "analysis/spanning_tree/segment.h"

#include <gtest/gtest.h>

#include "tests/analysis/spanning_tree/wire.h"

namespace tapstat::analysis::spanning_tree {
namespace {

class OneSegment : public testing::Test {
 protected:
  void say(double t, const Said& said) {
    segment.take(message_of(said), port_mac(said.bridge, said.port), {at(t), ++frame_}, true);
  }
  // The bridge whose port is designated; 0 for none.
  [[nodiscard]] unsigned designated(double t) {
    segment.expire(at(t));
    if (segment.claims().empty()) return 0;
    return segment.claims().front().message.vector.bridge.mac()[5];
  }

  Segment segment;
  std::uint64_t frame_ = 0;
};

TEST_F(OneSegment, TheBetterVectorIsTheDesignatedPorts) {
  say(0, {.bridge = 3, .root = 3});
  EXPECT_EQ(designated(0), 3u);
  say(0.1, {.bridge = 2, .root = 1, .cost = 10});
  EXPECT_EQ(designated(0.2), 2u);
  say(0.3, {.bridge = 4, .root = 1, .cost = 20});
  EXPECT_EQ(designated(0.4), 2u);
}

// 802.1D-1998 section 8.6.7.
TEST_F(OneSegment, StpHoldsWhatWasSaidForMaxAgeLessTheMessageAge) {
  say(10, {.bridge = 2, .root = 1, .cost = 10, .age = 1.5});
  EXPECT_EQ(designated(14.4), 2u);
  EXPECT_EQ(designated(14.5), 0u);
}

// 802.1D-2004 section 17.21.23.
TEST_F(OneSegment, RstpHoldsItForThreeHellos) {
  say(10, {.bridge = 2, .root = 1, .cost = 10, .age = 1, .flags = kDesignated, .version = 2});
  EXPECT_EQ(designated(12.9), 2u);
  EXPECT_EQ(designated(13), 0u);
}

TEST_F(OneSegment, WhatIsTooOldWhenItComesIsNeverHeld) {
  say(10, {.bridge = 2, .root = 1, .age = 6});
  EXPECT_EQ(designated(10), 0u);
}

// Hops count within a region, ages at its boundary.
TEST_F(OneSegment, MstpHoldsItWhileEitherAllowsIt) {
  Message m = message_of({.bridge = 2, .root = 1, .flags = kDesignated, .version = 3});
  m.remaining_hops = 1;
  EXPECT_EQ(m.lifetime(), std::chrono::seconds{3});
  m.message_age = units(6);
  EXPECT_EQ(m.lifetime(), std::chrono::seconds{0});
  m.remaining_hops = 2;
  EXPECT_EQ(m.lifetime(), std::chrono::seconds{3});
}

// 802.1D-1998 section 8.6.2: STP knows a port by the whole bridge id, RSTP (802.1D-2004 section
// 17.21.8) by address and number.
TEST_F(OneSegment, ABridgeThatGivesItselfAWorsePriorityIsAnotherOneForStp) {
  Said said{.bridge = 1, .root = 1};
  say(0, said);
  Message worse = message_of(said);
  worse.vector.bridge = worse.vector.root = BridgeId{worse.vector.bridge.value() | 0x8ull << 60};
  segment.take(worse, port_mac(1, 1), {at(1), 99}, true);
  ASSERT_EQ(segment.claims().size(), 2u);
  EXPECT_EQ(segment.claims().front().message.vector.root, bridge(1));
  worse.version = 2;
  segment.take(worse, port_mac(1, 1), {at(2), 100}, true);
  segment.expire(at(6));
  ASSERT_EQ(segment.claims().size(), 1u);
  EXPECT_EQ(segment.claims().front().message.vector.root, worse.vector.root);
}

TEST_F(OneSegment, OneThatHearsNothingIsARivalAfterThreeHellos) {
  for (int t = 0; t < 10; ++t) {
    say(t, {.bridge = 1, .root = 1});
    say(t + 0.5, {.bridge = 2, .root = 1, .cost = 10});
    const Claim* rival = segment.rival(at(t + 0.5));
    EXPECT_EQ(rival != nullptr, t > 3) << t;
  }
  EXPECT_EQ(designated(9.6), 1u);
}

TEST_F(OneSegment, OneThatYieldsIsNone) {
  say(0, {.bridge = 2, .root = 2});
  for (int t = 1; t < 10; ++t) say(t, {.bridge = 1, .root = 1});
  say(5.5, {.bridge = 2, .root = 2});  // its cable was out for a moment
  for (int t = 10; t < 20; ++t) {
    say(t, {.bridge = 1, .root = 1});
    EXPECT_EQ(segment.rival(at(t)), nullptr);
  }
}

// A designated port answers a worse claim at once (802.1D-1998 section 8.6.1.3.3).
TEST_F(OneSegment, OneThatAnswersNoWorseClaimIsGone) {
  say(0, {.bridge = 1, .root = 1});
  for (int t = 1; t < 5; ++t) say(t, {.bridge = 2, .root = 1, .cost = 10});
  EXPECT_EQ(designated(4.5), 2u) << "although what bridge 1 said would be held until 6";
}

TEST_F(OneSegment, ABridgeThatKeepsSendingFromTwoPortsIsOnTwoSegments) {
  for (int t = 0; t < 4; ++t) {
    say(t, {.bridge = 1, .port = 1, .root = 1});
    EXPECT_FALSE(segment.sees_several() && t < 2) << t;
    say(t + 0.1, {.bridge = 1, .port = 2, .root = 1});
  }
  EXPECT_TRUE(segment.sees_several());
  EXPECT_EQ(segment.claims().size(), 2u);
}

TEST_F(OneSegment, SoAreThreeBridgesThatAllKeepSending) {
  for (int t = 0; t < 6; ++t) {
    say(t, {.bridge = 1, .root = 1});
    say(t + 0.1, {.bridge = 2, .root = 1, .cost = 4});
    say(t + 0.2, {.bridge = 3, .root = 1, .cost = 8});
  }
  EXPECT_TRUE(segment.sees_several());
  EXPECT_EQ(segment.rival(at(5.5)), nullptr);
}

}  // namespace
}  // namespace tapstat::analysis::spanning_tree
