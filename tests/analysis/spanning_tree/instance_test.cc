// Roots and topology changes of one tree, as bridges tell of them.
#include "analysis/spanning_tree/instance.h"

#include <gtest/gtest.h>

#include "tests/analysis/spanning_tree/wire.h"

namespace tapstat::analysis::spanning_tree {
namespace {

using Reason = RootChange::Reason;

TEST(Roots, BridgesThatWakeUpTogetherAgreeWithoutAChange) {
  Story s;
  s.say(0, 0, {.bridge = 4, .root = 4});
  s.say(0.1, 1, {.bridge = 3, .root = 3});
  s.say(0.2, 0, {.bridge = 1, .root = 1});
  EXPECT_EQ(s.tree.roots().root(), bridge(1));
  EXPECT_TRUE(s.tree.roots().changes().empty());
}

TEST(Roots, ABetterIdIsHeard) {
  Story s;
  s.keep_saying(0, 9, 0, {.bridge = 2, .root = 2});
  s.say(9.5, 0, {.bridge = 1, .root = 1});
  ASSERT_EQ(s.tree.roots().changes().size(), 1u);
  const RootChange& change = s.tree.roots().changes().front();
  EXPECT_EQ(change.from, bridge(2));
  EXPECT_EQ(change.to, bridge(1));
  EXPECT_EQ(change.reason(), Reason::better_id_heard);
  EXPECT_EQ(change.when.time, at(9.5));
  EXPECT_EQ(change.when.frame, 11u);
}

TEST(Roots, ADeadOneIsHeldUntilItAgesOut) {
  Story s;
  s.keep_saying(0, 10, 0, {.bridge = 1, .root = 1});
  s.keep_saying(0.1, 10.1, 1, {.bridge = 2, .root = 1, .cost = 10, .age = 1});
  s.tree.advance_to(at(15.5));
  EXPECT_EQ(s.tree.roots().root(), bridge(1));
  // First each thinks that it is the root itself.
  s.say(16.1, 1, {.bridge = 3, .root = 3});
  s.say(16.1, 1, {.bridge = 2, .root = 2});
  ASSERT_EQ(s.tree.roots().changes().size(), 1u);
  EXPECT_EQ(s.tree.roots().changes().front().to, bridge(2));
  EXPECT_EQ(s.tree.roots().changes().front().reason(), Reason::aged_out);
}

// Only one link was captured, and it was cut: the root may live on.
TEST(Roots, SilenceProvesNoChange) {
  Story s;
  s.keep_saying(0, 10, 0, {.bridge = 1, .root = 1});
  s.tree.advance_to(at(100));
  EXPECT_EQ(s.tree.roots().root(), bridge(1));
  EXPECT_TRUE(s.tree.roots().changes().empty());
}

TEST(Roots, WhatIsTakenBackAtOnceIsNoChangeAndWhatFollowsIsOne) {
  Story s;
  s.keep_saying(0, 10, 0, {.bridge = 1, .root = 1, .age = 4});
  s.say(12.5, 1, {.bridge = 3, .root = 3});                          // bridge 1 is forgotten
  s.say(12.6, 0, {.bridge = 2, .root = 1, .cost = 10, .age = 5.5});  // and remembered
  EXPECT_TRUE(s.tree.roots().changes().empty());
  EXPECT_EQ(s.tree.roots().since(), at(0));
  s.say(13.2, 1, {.bridge = 2, .root = 2});
  ASSERT_EQ(s.tree.roots().changes().size(), 1u);
  EXPECT_EQ(s.tree.roots().changes().front().from, bridge(1));
  EXPECT_EQ(s.tree.roots().changes().front().to, bridge(2));
}

TEST(Roots, OfRstpEachOneThatLastsCounts) {
  Story s;
  for (int turn = 0; turn < 4; ++turn) {
    const unsigned root = turn % 2 == 0 ? 2 : 1;
    for (double t : {0.0, 1.0}) {
      s.say(4 * turn + t, 0, {.bridge = root, .root = root, .flags = kDesignated, .version = 2});
    }
  }
  EXPECT_EQ(s.tree.roots().changes().size(), 3u);
}

// Linux takes any priority, 2048 too: the low bits are where others have a system id.
TEST(Bridges, AreToldApartByTheirAddress) {
  Story s;
  s.say(0, 0, {.bridge = 2, .root = 2});
  Message m = message_of({.bridge = 2, .root = 2});
  m.vector.bridge = m.vector.root =
      BridgeId{(bridge(2).value() & 0xffff'ffff'ffffu) | 0x0800ull << 48};
  s.tree.take(m, {}, port_mac(2, 1), {at(1), 9});
  ASSERT_EQ(s.tree.bridges().size(), 1u);
  EXPECT_EQ(s.tree.bridges().front().id, m.vector.bridge);
}

// 802.1D-1998 section 8.6.13 and 8.6.14.
TEST(TopologyChanges, AnEpisodeLastsFromTheFirstNotificationToTheRootsLastFlag) {
  Story s;
  s.keep_saying(0, 9, 0, {.bridge = 1, .root = 1});
  s.say(0, 1, {.bridge = 2, .port = 2, .root = 2});
  s.say(0, 0, {.bridge = 2, .root = 2});  // its port 1 is on segment 0
  s.notify(9.2, 0, 2, 1);
  s.say(9.4, 1, {.bridge = 2, .port = 2, .root = 1, .cost = 10, .age = 1});  // not yet told
  s.say(10, 0, {.bridge = 1, .root = 1, .flags = kTopologyChange | kAcknowledged});
  s.keep_saying(11, 19, 0, {.bridge = 1, .root = 1, .flags = kTopologyChange});
  s.say(20, 0, {.bridge = 1, .root = 1});
  // A bridge that has not heard of it yet passes on what was.
  s.say(20.1, 1,
        {.bridge = 2, .port = 2, .root = 1, .cost = 10, .age = 1, .flags = kTopologyChange});
  ASSERT_EQ(s.tree.changes().episodes().size(), 1u);
  const Episode& e = s.tree.changes().episodes().front();
  EXPECT_EQ(e.first.time, at(9.2));
  EXPECT_EQ(e.last.time, at(19));
  EXPECT_EQ(std::get<BridgeId>(e.by), bridge(2));
}

TEST(TopologyChanges, ANotificationSoonAfterTheRootHasEndedOneBeginsAnother) {
  Story s;
  s.keep_saying(0, 5, 0, {.bridge = 1, .root = 1, .flags = kTopologyChange});
  s.say(6, 0, {.bridge = 1, .root = 1});
  s.notify(6.5, 0, 9, 1);
  s.say(7, 0, {.bridge = 1, .root = 1, .flags = kTopologyChange | kAcknowledged});
  ASSERT_EQ(s.tree.changes().episodes().size(), 2u);
  EXPECT_EQ(std::get<decode::MacAddress>(s.tree.changes().episodes()[1].by), port_mac(9, 1))
      << "nobody heard which bridge that port belongs to";
}

TEST(TopologyChanges, OfRstpOneEndsWhenAllHaveStopped) {
  constexpr std::uint8_t kChanging = kDesignated | kTopologyChange;
  Story s;
  s.say(0, 0, {.bridge = 1, .root = 1, .flags = kChanging, .version = 2});
  s.say(0.5, 1, {.bridge = 2, .root = 1, .cost = 10, .flags = kChanging, .version = 2});
  s.say(1, 0, {.bridge = 1, .root = 1, .flags = kDesignated, .version = 2});
  s.say(1.5, 1, {.bridge = 2, .root = 1, .cost = 10, .flags = kChanging, .version = 2});
  s.say(2, 1, {.bridge = 2, .root = 1, .cost = 10, .flags = kDesignated, .version = 2});
  s.say(3, 0, {.bridge = 1, .root = 1, .flags = kChanging, .version = 2});
  ASSERT_EQ(s.tree.changes().episodes().size(), 2u);
  EXPECT_EQ(s.tree.changes().episodes()[0].last.time, at(1.5));
  EXPECT_EQ(s.tree.changes().episodes()[1].first.time, at(3));
}

}  // namespace
}  // namespace tapstat::analysis::spanning_tree
