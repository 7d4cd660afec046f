// Each trouble where it is, and where it only looks like it.
#include "analysis/spanning_tree/trouble.h"

#include <gtest/gtest.h>

#include "tests/analysis/spanning_tree/wire.h"

namespace tapstat::analysis::spanning_tree {
namespace {

TEST(Trouble, TwoRootsForLongerThanTheOldOneIsHeld) {
  Story s;
  for (int t = 0; t < 9; ++t) {
    s.say(t, 0, {.bridge = 1, .root = 1});
    s.say(t, 1, {.bridge = 2, .root = 2});
  }
  EXPECT_FALSE(s.has(TroubleKind::two_roots)) << "the one may just have taken the other's place";
  for (int t = 9; t < 13; ++t) {
    s.say(t, 0, {.bridge = 1, .root = 1});
    s.say(t, 1, {.bridge = 2, .root = 2});
  }
  EXPECT_TRUE(s.has(TroubleKind::two_roots));
}

TEST(Trouble, TwoBridgesServeOneSegment) {
  Story s;
  for (int t = 0; t < 8; ++t) {
    s.say(t, 0, {.bridge = 1, .root = 1});
    s.say(t + 0.5, 0, {.bridge = 2, .root = 1, .cost = 4});
  }
  EXPECT_TRUE(s.has(TroubleKind::two_designated));
}

TEST(Trouble, OneBridgeTakesTheOthersPlace) {
  Story s;
  s.keep_saying(0, 5, 0, {.bridge = 2, .root = 2});
  s.keep_saying(5.5, 15, 0, {.bridge = 1, .root = 1});
  EXPECT_FALSE(s.has(TroubleKind::two_designated));
}

// 802.1D-1998 section 8.6.6: a TCN is sent again each hello until it is acknowledged.
TEST(Trouble, NotificationsInVain) {
  Story s;
  s.keep_saying(0, 2, 0, {.bridge = 1, .root = 1});
  for (int t = 3; t < 6; ++t) s.notify(t, 0, 2, 1);
  EXPECT_TRUE(s.has(TroubleKind::unacknowledged));
}

TEST(Trouble, NotificationsThatAreAcknowledged) {
  Story s;
  s.keep_saying(0, 2, 0, {.bridge = 1, .root = 1});
  for (int t = 3; t < 9; ++t) {
    s.notify(t, 0, 2, 1);
    if (t % 2 == 0) s.say(t + 0.1, 0, {.bridge = 1, .root = 1, .flags = kAcknowledged});
  }
  EXPECT_FALSE(s.has(TroubleKind::unacknowledged));
}

TEST(Trouble, NotificationsNowAndThen) {
  Story s;
  s.keep_saying(0, 2, 0, {.bridge = 1, .root = 1});
  for (int t = 3; t < 60; t += 10) s.notify(t, 0, 2, 1);  // the captures lack the answers
  EXPECT_FALSE(s.has(TroubleKind::unacknowledged));
}

TEST(Trouble, TwoHellosDidNotCome) {
  Story s;
  s.keep_saying(0, 5, 0, {.bridge = 1, .root = 1});
  s.say(7, 0, {.bridge = 1, .root = 1});
  EXPECT_FALSE(s.has(TroubleKind::missed_hellos)) << "one may be lost";
  s.say(10, 0, {.bridge = 1, .root = 1});
  EXPECT_TRUE(s.has(TroubleKind::missed_hellos));
}

TEST(Trouble, APortThatYieldedForAWhileMissedNone) {
  Story s;
  s.keep_saying(0, 5, 0, {.bridge = 2, .root = 1, .cost = 4});
  s.keep_saying(5.5, 8.5, 0, {.bridge = 1, .root = 1});
  s.say(9, 0, {.bridge = 2, .root = 1, .cost = 4});
  EXPECT_FALSE(s.has(TroubleKind::missed_hellos));
}

class RootsTimers : public testing::Test {
 protected:
  void say(double t, std::uint16_t segment, Message m) {
    tree.take(m, {segment, 0}, port_mac(1, 1), {at(t), 1});
    watch.look(tree, m, {segment, 0}, {at(t), 1});
  }
  [[nodiscard]] bool has(TroubleKind kind) const {
    for (const Trouble& trouble : watch.troubles()) {
      if (trouble.kind == kind) return true;
    }
    return false;
  }
  Instance tree{InstanceKey{}};
  TroubleWatch watch;
};

// 802.1D-1998 section 8.10.2.
TEST_F(RootsTimers, MustFitTogether) {
  Message m = message_of({});
  m.timers = {units(2), units(20), units(15)};
  say(0, 0, m);
  EXPECT_FALSE(has(TroubleKind::timers_unfit));
  m.timers.forward_delay = units(10);
  say(1, 0, m);
  EXPECT_TRUE(has(TroubleKind::timers_unfit));
}

TEST_F(RootsTimers, AreTheRootsEverywhere) {
  const Message root = message_of({.bridge = 1, .root = 1});
  Message other = message_of({.bridge = 2, .root = 1, .cost = 4, .age = 1});
  other.timers.hello_time = units(2);
  for (int t = 0; t < 4; ++t) {
    say(t, 0, root);
    say(t, 1, other);
    EXPECT_EQ(has(TroubleKind::timers_differ), t >= 2) << t;
  }
}

TEST_F(RootsTimers, LeaveNothingForTheNextBridge) {
  say(0, 0, message_of({.bridge = 2, .root = 1, .cost = 4, .age = 4.5}));
  EXPECT_FALSE(has(TroubleKind::near_max_age));
  say(1, 0, message_of({.bridge = 2, .root = 1, .cost = 4, .age = 5}));
  EXPECT_TRUE(has(TroubleKind::near_max_age));
}

TEST(Regions, OneNameTwoTables) {
  Story s;
  Message a = message_of({.bridge = 1, .root = 1, .flags = kDesignated, .version = 3});
  a.region = {.name = "office", .revision = 1};
  Message b = message_of({.bridge = 2, .root = 1, .cost = 4, .flags = kDesignated, .version = 3});
  b.region = {.name = "office", .revision = 1};
  s.watch.look(s.tree, a, {}, {at(0), 1});
  s.watch.look(s.tree, b, {}, {at(1), 2});
  EXPECT_FALSE(s.has(TroubleKind::region_mismatch));
  b.region->name = "hall";
  b.region->revision = 2;
  s.watch.look(s.tree, b, {}, {at(2), 3});
  EXPECT_FALSE(s.has(TroubleKind::region_mismatch)) << "two regions, and meant to be two";
  b.region->name = "office";
  s.watch.look(s.tree, b, {}, {at(3), 4});
  EXPECT_TRUE(s.has(TroubleKind::region_mismatch));
}

}  // namespace
}  // namespace tapstat::analysis::spanning_tree
