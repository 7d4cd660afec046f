// What makes a binding, what does not, how it ages.
#include "analysis/neighbors/neighbor_table.h"

#include <gtest/gtest.h>

#include "tests/analysis/neighbors/lan.h"

namespace tapstat::analysis::neighbors {
namespace {

using test::ip;
using test::kA;
using test::kAll;
using test::kB;
using test::kC;
using test::kRouter;
using test::kZero;
using test::Lan;
using test::mac;

TEST(NeighborTable, LearnsTheSenderOfRequestsAndReplies) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", "10.0.0.1").reply(0.1, kA, "10.0.0.1");
  EXPECT_EQ(lan.mac_of("10.0.0.3"), mac(kC));
  EXPECT_EQ(lan.mac_of("10.0.0.1"), mac(kA));
  EXPECT_EQ(lan.find("10.0.0.1")->requests, 1u);
  EXPECT_EQ(lan.find("10.0.0.1")->replies, 1u);
  EXPECT_EQ(lan.find("10.0.0.3")->requests, 0u);
  ASSERT_EQ(lan.find("10.0.0.1")->askers.size(), 1u);
  EXPECT_EQ(lan.find("10.0.0.1")->askers[0].mac, mac(kC));
}

TEST(NeighborTable, ProbeMakesNoBinding) {
  Lan lan;
  lan.probe(0, kA, "10.0.0.1");
  EXPECT_EQ(lan.mac_of("10.0.0.1"), std::nullopt);
  EXPECT_EQ(lan.find("0.0.0.0"), nullptr);
  EXPECT_EQ(lan.find("10.0.0.1")->probes, 1u);
  EXPECT_EQ(lan.detail("10.0.0.1", 1), Detail::probed);
}

TEST(NeighborTable, WhatWasProbedForAndIsUsedIsTaken) {
  Lan lan;
  lan.probe(0, kA, "10.0.0.1").probe(0, kB, "10.0.0.2");
  lan.send(5, kA, "10.0.0.1").send(5, kRouter, "10.0.0.2");
  EXPECT_EQ(lan.mac_of("10.0.0.1"), mac(kA));
  EXPECT_EQ(lan.state("10.0.0.1", 6), State::stale);
  EXPECT_EQ(lan.mac_of("10.0.0.2"), std::nullopt) << "another's packets";
}

TEST(NeighborTable, AnnouncementsAndGratuitousMessagesMakeOne) {
  Lan lan;
  lan.announce(0, kA, "10.0.0.1");
  lan.hear_arp(
      1, {.sender_mac = kB, .sender_ip = "10.0.0.2", .target_mac = kAll, .target_ip = "10.0.0.2"});
  lan.reply(2, kC, "10.0.0.3", kC, "10.0.0.3");
  EXPECT_EQ(lan.mac_of("10.0.0.1"), mac(kA));
  EXPECT_EQ(lan.mac_of("10.0.0.2"), mac(kB));
  EXPECT_EQ(lan.mac_of("10.0.0.3"), mac(kC));
  EXPECT_EQ(lan.find("10.0.0.1")->gratuitous, 1u);
  EXPECT_EQ(lan.find("10.0.0.1")->announcements, 1u);
  EXPECT_EQ(lan.find("10.0.0.2")->gratuitous, 1u);
  EXPECT_EQ(lan.find("10.0.0.2")->announcements, 0u);
  EXPECT_EQ(lan.find("10.0.0.3")->gratuitous, 1u);
  EXPECT_EQ(lan.find("10.0.0.3")->replies, 0u);
}

TEST(NeighborTable, OddFramesMakeNone) {
  Lan lan;
  lan.reply(0, kAll, "10.0.0.10");
  lan.reply(0, "01:00:5e:00:00:01", "10.0.0.11");
  lan.reply(0, kZero, "10.0.0.12");
  lan.reply(0, kA, "0.0.0.0");
  lan.reply(0, kA, "224.0.0.1");
  for (const int operation : {0, 5, 8, 9, 77}) {
    lan.hear_arp(0, {.operation = static_cast<std::uint16_t>(operation),
                     .sender_mac = kA,
                     .sender_ip = "10.0.0.13"});
  }
  // Lengths of other addresses, and a hardware type of other networks.
  test::Buffer long_hardware = test::arp({.sender_mac = kA, .sender_ip = "10.0.0.14"});
  long_hardware[18] = 8;
  long_hardware.resize(70);
  test::Buffer token_ring = test::arp({.sender_mac = kA, .sender_ip = "10.0.0.15"});
  token_ring[15] = 4;
  lan.hear(0, long_hardware).hear(0, token_ring);
  const test::Buffer whole = test::arp({.sender_mac = kA, .sender_ip = "10.0.0.16"});
  for (std::size_t n = 0; n < 14 + 28; ++n) {
    lan.hear(0, test::Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
  }
  for (const Binding& binding : lan.table().bindings()) {
    EXPECT_EQ(binding.current(), nullptr);
    EXPECT_EQ(binding.address, ip("10.0.0.2")) << "asked for by nobody else";
  }
}

// IEEE 802 networks as the ARP packets of Linux may call an Ethernet, and padding.
TEST(NeighborTable, OtherNameOfTheHardwareAndPaddingDoNotMatter) {
  Lan lan;
  test::Buffer ieee = test::arp({.sender_mac = kA, .sender_ip = "10.0.0.1"});
  ieee[15] = 6;
  ieee.resize(120, 'J');
  lan.hear(0, ieee);
  EXPECT_EQ(lan.mac_of("10.0.0.1"), mac(kA));
}

TEST(NeighborTable, KeepsVlansApart) {
  Lan lan;
  lan.hear_arp(0, {.sender_mac = kA, .sender_ip = "10.0.0.1", .vlan = {10}});
  lan.hear_arp(1, {.sender_mac = kB, .sender_ip = "10.0.0.1", .vlan = {20}});
  lan.hear_arp(2, {.sender_mac = kC, .sender_ip = "10.0.0.1", .vlan = {200, 10}});
  lan.hear_arp(3, {.sender_mac = kRouter, .sender_ip = "10.0.0.1", .vlan = {0}});
  EXPECT_EQ(lan.mac_of("10.0.0.1", {10}), mac(kA));
  EXPECT_EQ(lan.mac_of("10.0.0.1", {20}), mac(kB));
  EXPECT_EQ(lan.mac_of("10.0.0.1", {200, 10}), mac(kC));
  EXPECT_EQ(lan.mac_of("10.0.0.1"), mac(kRouter)) << "VLAN 0 is a priority";
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(NeighborTable, KeepsOverlaysApart) {
  Lan lan;
  const auto in_vxlan = [](std::string_view sender, std::uint32_t vni) {
    return test::ethernet(
        test::vxlan(test::arp({.sender_mac = sender, .sender_ip = "10.0.0.1"}), vni));
  };
  lan.hear(0, in_vxlan(kA, 5)).hear(0.1, in_vxlan(kB, 6));
  std::vector<std::pair<std::uint32_t, MacAddress>> found;
  for (const Binding& binding : lan.table().bindings()) {
    if (binding.current() != nullptr)
      found.emplace_back(binding.network.overlay_id, binding.current()->mac);
  }
  EXPECT_EQ(found, (std::vector<std::pair<std::uint32_t, MacAddress>>{{5, mac(kA)}, {6, mac(kB)}}));
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(NeighborTable, ReverseReplyTellsTheTargetsAddress) {
  Lan lan;
  lan.hear_arp(0, {.operation = 3,
                   .sender_mac = kA,
                   .sender_ip = "0.0.0.0",
                   .target_mac = kA,
                   .target_ip = "0.0.0.0",
                   .reverse = true});
  EXPECT_TRUE(lan.table().bindings().empty());
  lan.hear_arp(1, {.operation = 4,
                   .sender_mac = kB,
                   .sender_ip = "10.0.0.2",
                   .target_mac = kA,
                   .target_ip = "10.0.0.1",
                   .dst_mac = kA,
                   .reverse = true});
  EXPECT_EQ(lan.mac_of("10.0.0.1"), mac(kA));
  EXPECT_EQ(lan.find("10.0.0.1")->source, Protocol::rarp);
  EXPECT_EQ(lan.find("10.0.0.1")->replies, 1u);
}

TEST(NeighborTable, SolicitationsAndAdvertisements) {
  Lan lan;
  lan.hear(0, test::nd({.source_link_layer = kA, .src_mac = kA}));
  EXPECT_EQ(lan.mac_of("fe80::1"), mac(kA));
  EXPECT_EQ(lan.state("fe80::2", 0.5), State::incomplete);
  lan.hear(0.1, test::nd({.type = 136,
                          .src = "fe80::2",
                          .dst = "fe80::1",
                          .flags = test::kNdSolicited | test::kNdOverride,
                          .target_link_layer = kB,
                          .src_mac = kB,
                          .dst_mac = kA}));
  EXPECT_EQ(lan.mac_of("fe80::2"), mac(kB));
  EXPECT_EQ(lan.state("fe80::2", 1), State::reachable);
  EXPECT_EQ(lan.find("fe80::2")->source, Protocol::nd);
}

// RFC 4861 section 7.2.5: without the O flag what is known stands.
TEST(NeighborTable, AdvertisementWithoutOverrideChangesNothing) {
  Lan lan;
  const auto advertise = [](std::string_view from, std::uint32_t flags) {
    return test::nd({.type = 136,
                     .src = "fe80::2",
                     .dst = "ff02::1",
                     .flags = flags,
                     .target_link_layer = from,
                     .src_mac = from});
  };
  lan.hear(0, advertise(kA, test::kNdOverride)).hear(1, advertise(kB, 0));
  EXPECT_EQ(lan.mac_of("fe80::2"), mac(kA));
  lan.hear(2, advertise(kB, test::kNdOverride));
  EXPECT_EQ(lan.mac_of("fe80::2"), mac(kB));
}

TEST(NeighborTable, RoutedOrMalformedMessagesAreNotHeard) {
  Lan lan;
  lan.hear(0, test::nd({.source_link_layer = kA, .hop_limit = 64, .src_mac = kA}));
  EXPECT_EQ(lan.find("fe80::1"), nullptr);
}

TEST(NeighborTable, RouterThatIsNoLongerOne) {
  Lan lan;
  const auto advertise = [](std::uint32_t flags) {
    return test::nd({.type = 134,
                     .dst = "ff02::1",
                     .target = "",
                     .flags = flags,
                     .options = test::hex("0000000000000000 0101 0200000000fe"),
                     .src_mac = kRouter});
  };
  lan.hear(0, advertise(0x40000708));
  EXPECT_EQ(lan.mac_of("fe80::1"), mac(kRouter));
  EXPECT_EQ(lan.detail("fe80::1", 1), Detail::none);
  lan.hear(2, advertise(0x40000000));
  EXPECT_EQ(lan.detail("fe80::1", 3), Detail::router_down);
  EXPECT_EQ(lan.find("fe80::1")->router, true) << "no default router, and a router still";
  lan.hear(4, advertise(0x40000708));
  EXPECT_EQ(lan.detail("fe80::1", 5), Detail::none);
}

TEST(NeighborTable, ReplyMakesReachableForThirtySeconds) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", "10.0.0.1").reply(0.1, kA, "10.0.0.1");
  EXPECT_EQ(lan.state("10.0.0.1", 1), State::reachable);
  EXPECT_EQ(lan.state("10.0.0.1", 30), State::reachable);
  EXPECT_EQ(lan.state("10.0.0.1", 31), State::stale);
  EXPECT_EQ(lan.state("10.0.0.3", 1), State::stale) << "nothing has confirmed who asked";
  EXPECT_EQ(lan.detail("10.0.0.1", 1300), Detail::forgotten);
}

TEST(NeighborTable, UseInBothDirectionsKeepsItReachable) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", "10.0.0.1").reply(0.1, kA, "10.0.0.1");
  lan.send(50, kA, "10.0.0.1");
  EXPECT_EQ(lan.state("10.0.0.1", 51), State::stale) << "one direction";
  lan.send_to(51, kA, "10.0.0.1");
  EXPECT_EQ(lan.state("10.0.0.1", 52), State::reachable);
  EXPECT_EQ(lan.state("10.0.0.3", 52), State::reachable);
}

TEST(NeighborTable, AskedInVainIsIncompleteAndThenFailed) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", "10.0.0.1");
  EXPECT_EQ(lan.state("10.0.0.1", 0.5), State::incomplete);
  EXPECT_EQ(lan.detail("10.0.0.1", 0.5), Detail::asked);
  lan.ask(1, kC, "10.0.0.3", "10.0.0.1").ask(2, kC, "10.0.0.3", "10.0.0.1");
  EXPECT_EQ(lan.detail("10.0.0.1", 2.5), Detail::asked);
  EXPECT_EQ(lan.detail("10.0.0.1", 3), Detail::failed);
  lan.reply(4, kA, "10.0.0.1");
  EXPECT_EQ(lan.state("10.0.0.1", 4), State::reachable);
}

TEST(NeighborTable, PeerThatIsLostKeepsItsMacAddress) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", "10.0.0.1").reply(0.1, kA, "10.0.0.1");
  for (const double t : {20.0, 21.0, 22.0}) {
    lan.hear_arp(
        t, {.sender_mac = kC, .sender_ip = "10.0.0.3", .target_ip = "10.0.0.1", .dst_mac = kA});
  }
  EXPECT_EQ(lan.detail("10.0.0.1", 22.5), Detail::probing);
  EXPECT_EQ(lan.state("10.0.0.1", 23), State::incomplete);
  EXPECT_EQ(lan.mac_of("10.0.0.1"), mac(kA));
}

TEST(NeighborTable, VirtualRouterIsKnownAsSuch) {
  Lan lan;
  lan.announce(0, "00:00:5e:00:01:07", "10.0.0.1");
  lan.announce(0, "03:bf:0a:00:00:02", "10.0.0.2");
  EXPECT_EQ(lan.detail("10.0.0.1", 1), Detail::virtual_router);
  EXPECT_EQ(lan.find("10.0.0.2"), nullptr);
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(NeighborTable, MessageSeenByTwoCapturePointsIsOne) {
  Lan lan;
  const auto question =
      test::arp({.sender_mac = kC, .sender_ip = "10.0.0.3", .target_ip = "10.0.0.1"});
  lan.hear(0, question, 0).hear(0.002, question, 1);
  EXPECT_EQ(lan.find("10.0.0.1")->requests, 1u);
  lan.hear(0.004, question, 0).hear(0.006, question, 1);
  EXPECT_EQ(lan.find("10.0.0.1")->requests, 2u) << "the same point again";
  lan.hear(1, question, 1);
  EXPECT_EQ(lan.find("10.0.0.1")->requests, 3u) << "later";
}

TEST(NeighborTable, MessageSeenByOnePointTwiceAtOnceIsOne) {
  Lan lan;
  const auto question =
      test::arp({.sender_mac = kC, .sender_ip = "10.0.0.3", .target_ip = "10.0.0.1"});
  lan.hear(0, question).hear(0.0001, question).hear(0.0002, question, 0, 1);
  EXPECT_EQ(lan.find("10.0.0.1")->requests, 1u);
  lan.hear(0.5, question, 0, 1).hear(0.505, question, 0, 0);
  EXPECT_EQ(lan.find("10.0.0.1")->requests, 2u) << "two interfaces of one input";
  lan.hear(0.6, question).hear(0.602, question);
  EXPECT_EQ(lan.find("10.0.0.1")->requests, 4u) << "twice";
}

TEST(NeighborTable, LostPeerStaysLostHoweverSeldomItIsAskedFor) {
  Lan lan;
  for (const double t : {0.0, 1.0, 2.0, 20.0}) lan.ask(t, kC, "10.0.0.3", "10.0.0.1");
  EXPECT_EQ(lan.detail("10.0.0.1", 20.5), Detail::failed);
  EXPECT_EQ(lan.kinds(21), std::vector{FindingKind::arp_unanswered});
  lan.reply(21, kA, "10.0.0.1");
  EXPECT_EQ(lan.state("10.0.0.1", 22), State::reachable);
  ASSERT_EQ(lan.kinds(22), std::vector{FindingKind::arp_unanswered}) << "it was";
  EXPECT_TRUE(lan.findings(22)[0].neighbors.over);
  EXPECT_EQ(lan.findings(22)[0].neighbors.addresses, std::vector{ip("10.0.0.3")});
}

test::Buffer dad_probe(std::string_view from) { return test::nd({.src = "::", .src_mac = from}); }
test::Buffer unsolicited(std::string_view from) {
  return test::nd({.type = 136,
                   .src = "fe80::2",
                   .dst = "ff02::1",
                   .flags = test::kNdOverride,
                   .target_link_layer = from,
                   .src_mac = from});
}

TEST(NeighborTable, CookedHeaderNamesTheSender) {
  Lan lan;
  lan.hear_cooked(0, dad_probe(kA)).hear_cooked(1.1, unsolicited(kA));
  EXPECT_TRUE(lan.kinds().empty()) << "its own";
  EXPECT_EQ(lan.mac_of("fe80::2"), mac(kA));
  Lan other;
  other.hear_cooked(0, dad_probe(kB)).hear_cooked(1.1, unsolicited(kA));
  EXPECT_EQ(other.kinds(), std::vector{FindingKind::dad_failed});
}

TEST(NeighborTable, UnknownSenderStaysUnknown) {
  Lan lan;
  lan.hear_cooked(0, dad_probe(kA), false).hear_cooked(0.1, dad_probe(kB), false);
  lan.hear_cooked(1.1, unsolicited(kA), false);
  EXPECT_TRUE(lan.kinds().empty());
  EXPECT_EQ(lan.find("fe80::2")->prober, std::nullopt);
  lan.hear_cooked(2, test::nd({.src = "fe80::1", .dst = "ff02::1:ff00:3", .target = "fe80::3"}),
                  false);
  ASSERT_EQ(lan.find("fe80::3")->askers.size(), 1u);
  EXPECT_EQ(lan.find("fe80::3")->askers[0].mac, std::nullopt);
  EXPECT_EQ(lan.find("fe80::3")->askers[0].address, ip("fe80::1"));
}

test::Buffer solicitation(std::string_view from) {
  return test::nd(
      {.src = "fe80::2", .target = "fe80::5", .source_link_layer = from, .src_mac = from});
}

TEST(NeighborTable, LinkLocalAddressesOfTwoPointsAreTwo) {
  Lan lan;
  for (int i = 0; i < 3; ++i) {
    lan.hear(i * 10, solicitation(kA), 0).hear(i * 10 + 3, solicitation(kB), 1);
  }
  EXPECT_EQ(lan.mac_of("fe80::2"), mac(kA));
  EXPECT_EQ(lan.find("fe80::2")->changes, 0u);
  EXPECT_TRUE(lan.kinds(21).empty());
  Lan one;
  for (int i = 0; i < 3; ++i) {
    one.hear(i * 10, solicitation(kA)).hear(i * 10 + 3, solicitation(kB));
  }
  EXPECT_FALSE(one.kinds(21).empty()) << "at one point";
  Lan next;
  next.hear(0, solicitation(kA), 0).hear(20, solicitation(kA), 1);
  EXPECT_EQ(next.table().bindings().size(), 2u) << "files that continue one another";
}

TEST(NeighborTable, CutOptionIsNoneThatIsMissing) {
  Lan lan;
  lan.hear_cut(0, solicitation(kA), 80);
  EXPECT_EQ(lan.mac_of("fe80::2"), mac(kA)) << "the frame's source stands for it";
  lan.hear(1, test::nd({.src = "fe80::7", .target = "fe80::5", .src_mac = kB}));
  EXPECT_EQ(lan.find("fe80::7"), nullptr) << "there is none";
}

TEST(NeighborTable, HistoryHasEachChange) {
  Lan lan;
  lan.announce(0, kA, "10.0.0.1").announce(100, kB, "10.0.0.1").send(101, kB, "10.0.0.1");
  const Binding& binding = *lan.find("10.0.0.1");
  ASSERT_EQ(binding.history.size(), 2u);
  EXPECT_EQ(binding.history[0].mac, mac(kA));
  EXPECT_EQ(binding.history[0].last, Lan::at(0));
  EXPECT_EQ(binding.history[1].mac, mac(kB));
  EXPECT_EQ(binding.history[1].first, Lan::at(100));
  EXPECT_EQ(binding.history[1].last, Lan::at(101));
  EXPECT_EQ(binding.changes, 1u);
}

TEST(NeighborTable, MemoryIsBounded) {
  Lan lan;
  for (int i = 0; i < 200; ++i) {
    const std::string sender = "02:00:00:00:01:" + std::string{"0123456789abcdef"[i / 16 % 16],
                                                               "0123456789abcdef"[i % 16]};
    lan.announce(i, sender, "10.0.0.1");
    lan.ask(i, sender, "10.0.0.9", "10.0.0.2");
  }
  EXPECT_LE(lan.find("10.0.0.1")->history.size(), kMostStints);
  EXPECT_LE(lan.find("10.0.0.1")->claims.size(), kMostClaims);
  EXPECT_LE(lan.find("10.0.0.2")->askers.size(), kMostAskers);
  EXPECT_EQ(lan.find("10.0.0.1")->changes, 199u);
  EXPECT_EQ(lan.find("10.0.0.2")->requests, 200u);
}

TEST(NeighborTable, AddressesWithoutRoomAreCounted) {
  Lan lan;
  for (std::uint32_t i = 0; i < NeighborTable::kMostUnclaimed + 10; ++i) {
    test::Buffer question = test::arp({.sender_mac = kC, .sender_ip = "10.0.0.3"});
    question[38] = 11;
    question[39] = static_cast<std::uint8_t>(i >> 16);
    question[40] = static_cast<std::uint8_t>(i >> 8);
    question[41] = static_cast<std::uint8_t>(i);
    lan.hear(i * 0.001, question);
  }
  EXPECT_EQ(lan.table().unkept(), 10u);
  lan.announce(100, kA, "10.0.0.1");
  EXPECT_EQ(lan.mac_of("10.0.0.1"), mac(kA)) << "who says that he is there has room still";
}

}  // namespace
}  // namespace tapstat::analysis::neighbors
