// What can be told of ports, and what cannot.
#include "analysis/spanning_tree/topology.h"

#include <gtest/gtest.h>

#include "tests/analysis/spanning_tree/wire.h"

namespace tapstat::analysis::spanning_tree {
namespace {

[[nodiscard]] PortView port(const Topology& tree, unsigned bridge_number, unsigned number) {
  for (const PortView& p : tree.bridge(bridge(bridge_number))->ports) {
    if ((p.port->id & 0xfffu) == number) return p;
  }
  throw std::out_of_range("no such port was heard");
}

// Bridges 1 (the root), 2 and 3 in a ring: segment 0 between 1 and 2, 1 between 2 and 3, 2 between
// 3 and 1. At first each thinks that it is the root; then 3 is farther from it than 2.
void wake_up(Story& s) {
  for (unsigned b : {3u, 2u, 1u}) {
    s.say(0, b - 1, {.bridge = b, .port = 1, .root = b});
    s.say(0, (b + 1) % 3, {.bridge = b, .port = 2, .root = b});
  }
}

void settle(Story& s, int until) {
  for (int t = 1; t <= until; ++t) {
    s.say(t, 0, {.bridge = 1, .port = 1, .root = 1});
    s.say(t, 2, {.bridge = 1, .port = 2, .root = 1});
    s.say(t, 1, {.bridge = 2, .port = 1, .root = 1, .cost = 4, .age = 1});
  }
}

TEST(Topology, DesignatedPortsAreKnown) {
  Story s;
  wake_up(s);
  settle(s, 5);
  const Topology tree(s.tree, at(5.5));
  EXPECT_EQ(port(tree, 1, 1).role, PortRole::designated);
  EXPECT_EQ(port(tree, 1, 2).role, PortRole::designated);
  EXPECT_EQ(port(tree, 2, 1).role, PortRole::designated);
  EXPECT_TRUE(tree.bridges().front().is_root);
  EXPECT_EQ(tree.bridge(bridge(2))->root_cost, 4u);
}

TEST(Topology, SilentOnesAreNot) {
  Story s;
  wake_up(s);
  settle(s, 5);
  const Topology tree(s.tree, at(5.5));
  // It may have another port, that nobody hears, to the root.
  EXPECT_FALSE(port(tree, 2, 2).role || port(tree, 2, 2).inferred);
  EXPECT_FALSE(port(tree, 3, 1).role || port(tree, 3, 1).inferred);
  EXPECT_FALSE(tree.bridge(bridge(3))->root_cost);
}

// 802.1D-1998 section 8.6.6: a TCN leaves by the root port.
TEST(Topology, ANotificationProvesARootPortForAHello) {
  Story s;
  wake_up(s);
  settle(s, 5);
  s.notify(5.2, 0, 2, 2);
  EXPECT_EQ(port(Topology(s.tree, at(5.5)), 2, 2).role, PortRole::root);
  EXPECT_FALSE(port(Topology(s.tree, at(6.3)), 2, 2).role);
  EXPECT_EQ(port(Topology(s.tree, at(6.3)), 2, 2).inferred, PortRole::root);
  s.notify(7, 1, 2, 1);  // another way now
  EXPECT_FALSE(port(Topology(s.tree, at(7.1)), 2, 2).role);
}

TEST(Topology, OneThatOnlyEverListensMayHaveSaidItWithATcn) {
  Story s;
  wake_up(s);
  settle(s, 5);
  s.notify(5.2, 1, 3, 2);
  s.keep_saying(6, 8, 1, {.bridge = 2, .port = 1, .root = 1, .cost = 4, .age = 1});
  s.keep_saying(6, 8, 2, {.bridge = 1, .port = 2, .root = 1});
  const Topology tree(s.tree, at(8.5));
  EXPECT_EQ(port(tree, 3, 2).inferred, PortRole::root);
  EXPECT_EQ(port(tree, 3, 1).inferred, PortRole::alternate) << "a bridge has one root port";
  EXPECT_FALSE(port(tree, 3, 1).role || port(tree, 3, 2).role);
}

// 802.1D-1998 section 8.4: listening and learning take a forward delay each.
TEST(Topology, AnStpPortForwardsAfterTwoForwardDelays) {
  Story s;
  wake_up(s);
  settle(s, 12);
  EXPECT_FALSE(port(Topology(s.tree, at(8.5)), 1, 1).state);
  EXPECT_EQ(port(Topology(s.tree, at(12)), 1, 1).state, PortState::forwarding);
}

TEST(Topology, RstpSaysItAll) {
  Story s;
  s.say(0, 0, {.bridge = 1, .root = 1, .flags = 0x0c, .version = 2});
  s.say(0.1, 0, {.bridge = 2, .port = 1, .root = 1, .cost = 4, .flags = kRootPort, .version = 2});
  s.say(0.2, 1, {.bridge = 2, .port = 2, .root = 1, .cost = 4, .flags = 0x1c, .version = 2});
  s.say(0.3, 1, {.bridge = 3, .port = 1, .root = 1, .cost = 4, .flags = kAlternate, .version = 2});
  const Topology tree(s.tree, at(0.5));
  EXPECT_EQ(port(tree, 1, 1).state, PortState::discarding);
  EXPECT_EQ(port(tree, 2, 1).role, PortRole::root);
  EXPECT_EQ(port(tree, 2, 1).state, PortState::forwarding);
  EXPECT_EQ(port(tree, 2, 2).state, PortState::learning);
  EXPECT_EQ(port(tree, 3, 1).role, PortRole::alternate);
  EXPECT_EQ(tree.bridge(bridge(2))->root_port()->port->id, 0x8001);
}

TEST(Topology, APortOfABridgesOwnSegmentIsItsBackup) {
  Story s;
  s.say(0, 0, {.bridge = 1, .port = 1, .root = 1, .flags = kDesignated, .version = 2});
  s.say(0.1, 0, {.bridge = 1, .port = 2, .root = 1, .flags = kAlternate, .version = 2});
  EXPECT_EQ(port(Topology(s.tree, at(0.5)), 1, 2).role, PortRole::backup);
}

// A bridge at cost 8 whose segment offers 8 again does not reach the root by it.
TEST(Topology, APortThatLeadsNoNearerToTheRootIsBlockedIfItIsThere) {
  Story s;
  s.say(0, 1, {.bridge = 3, .port = 2, .root = 3});
  s.keep_saying(1, 5, 0, {.bridge = 3, .port = 1, .root = 1, .cost = 8, .age = 1});
  s.keep_saying(1, 5, 1, {.bridge = 2, .port = 1, .root = 1, .cost = 8, .age = 1});
  const PortView blocked = port(Topology(s.tree, at(5.5)), 3, 2);
  EXPECT_FALSE(blocked.role);
  EXPECT_EQ(blocked.inferred, PortRole::alternate);
}

TEST(Topology, ACutLinkIsForgottenAndNothingIsClaimedThere) {
  Story s;
  wake_up(s);
  settle(s, 5);
  s.keep_saying(6, 12, 2, {.bridge = 1, .port = 2, .root = 1});
  const Topology tree(s.tree, at(12.5));
  EXPECT_EQ(tree.segments()[0].designated == nullptr,
            tree.segments()[0].segment->point().input != 2);
  EXPECT_FALSE(port(tree, 1, 1).role);
  EXPECT_FALSE(port(tree, 2, 2).inferred);
}

// Captured on all interfaces at once, a frame has no source, or a bridge has one for all its ports.
TEST(Topology, ATcnOfNobodyKnowsProvesNoRootPort) {
  Story s;
  s.say(0, 0, {.bridge = 1, .root = 1});
  s.tree.take_notification({}, {}, {at(0.5), 9});
  EXPECT_FALSE(Topology(s.tree, at(0.6)).bridge(bridge(1))->root_port());
  const Message m = message_of({.bridge = 2, .port = 1, .root = 2});
  Message other = m;
  other.vector.port = 0x8002;
  s.tree.take(m, {}, port_mac(2, 9), {at(1), 10});
  s.tree.take(other, {}, port_mac(2, 9), {at(1), 11});
  s.tree.take_notification({}, port_mac(2, 9), {at(5), 12});
  EXPECT_FALSE(Topology(s.tree, at(5.1)).bridge(bridge(2))->root_port());
  EXPECT_EQ(std::get<BridgeId>(s.tree.changes().episodes().back().by), bridge(2));
}

TEST(Topology, TheRootHasNoRootPort) {
  Story s;
  s.say(0, 0, {.bridge = 1, .root = 1});
  s.notify(0.5, 0, 1, 1);
  EXPECT_FALSE(Topology(s.tree, at(0.6)).bridge(bridge(1))->root_port());
}

TEST(Topology, OneLinkHeardAtTwoPointsHasOnePortAtEachEnd) {
  Story s;
  for (unsigned point : {0u, 1u}) {
    s.say(0, point, {.bridge = 1, .root = 1, .flags = kDesignated, .version = 2});
    s.say(0.1, point, {.bridge = 2, .root = 1, .cost = 4, .flags = kRootPort, .version = 2});
  }
  const Topology tree(s.tree, at(0.5));
  for (const PortView& p : tree.bridge(bridge(2))->ports) EXPECT_EQ(p.role, PortRole::root);
}

TEST(Topology, WhatAnMstiPortSaidLastIsNotThatItIsMaster) {
  Instance tree{{InstanceKey::Kind::msti, 1, 0, {}}};
  const auto say = [&](double t, unsigned number, std::uint32_t cost) {
    Message m =
        message_of({.bridge = 2, .port = number, .root = 1, .flags = kRootPort, .version = 3});
    m.vector.internal_cost = cost;
    tree.take(m, {static_cast<std::uint16_t>(number), 0}, port_mac(2, number), {at(t), 1});
  };
  say(0, 1, 10);
  say(1, 2, 20);
  const Topology now(tree, at(1.1));
  EXPECT_FALSE(port(now, 2, 1).role);
  EXPECT_EQ(port(now, 2, 2).role, PortRole::root);
}

TEST(Topology, APortThatSaysItIsTheRootPortServesNoSegment) {
  Story s;
  s.say(0, 0, {.bridge = 2, .root = 2, .flags = kDesignated, .version = 2});
  s.say(1, 0, {.bridge = 2, .root = 1, .cost = 4, .flags = kRootPort, .version = 2});
  const Topology tree(s.tree, at(1.1));
  EXPECT_EQ(tree.segments().front().designated, nullptr);
  EXPECT_EQ(port(tree, 2, 1).role, PortRole::root);
}

TEST(Topology, AnStpPortThatMissedAHelloMayHaveBeenDown) {
  Story s;
  s.keep_saying(0, 12, 0, {.bridge = 1, .root = 1});
  EXPECT_EQ(port(Topology(s.tree, at(12)), 1, 1).state, PortState::forwarding);
  s.keep_saying(14, 16, 0, {.bridge = 1, .root = 1});
  EXPECT_FALSE(port(Topology(s.tree, at(16)), 1, 1).state);
}

}  // namespace
}  // namespace tapstat::analysis::spanning_tree
