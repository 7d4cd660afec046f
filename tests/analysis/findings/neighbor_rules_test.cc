// Each rule about neighbours, and beside it what looks like it and is none.
#include <gtest/gtest.h>

#include "tests/analysis/neighbors/lan.h"

namespace tapstat::analysis {
namespace {

using test::ip;
using test::kA;
using test::kAll;
using test::kB;
using test::kC;
using test::kRouter;
using test::Lan;
using test::mac;
using Kinds = std::vector<FindingKind>;
using enum FindingKind;

constexpr std::string_view kAddress = "10.0.0.1";

// A is asked for and answers, and is used.
void settle(Lan& lan, double seconds = 0) {
  lan.ask(seconds, kC, "10.0.0.3", kAddress).reply(seconds + 0.01, kA, kAddress);
  lan.send_to(seconds + 0.02, kA, kAddress).send(seconds + 0.03, kA, kAddress);
}

void expect_about(const Finding& f, std::vector<decode::MacAddress> macs) {
  EXPECT_EQ(f.subject, Subject{ip(kAddress)});
  EXPECT_EQ(f.neighbors.macs, macs);
  EXPECT_FALSE(f.frames.empty());
}

TEST(ArpConflict, TwoAnswersToOneQuestion) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", kAddress).reply(0.001, kB, kAddress).reply(0.002, kA, kAddress);
  ASSERT_EQ(lan.kinds(), Kinds{arp_conflict});
  expect_about(lan.findings()[0], {mac(kB), mac(kA)});
  EXPECT_EQ(lan.state(kAddress, 1), neighbors::State::conflict);
  EXPECT_EQ(lan.mac_of(kAddress), mac(kB)) << "the first answer counts";
}

TEST(ArpConflict, SecondClaimSoonAfterTheFirstWasUsed) {
  Lan lan;
  settle(lan);
  lan.ask(10, kC, "10.0.0.3", kAddress).reply(10.01, kB, kAddress);
  EXPECT_EQ(lan.kinds(), Kinds{arp_conflict});
  EXPECT_EQ(lan.state(kAddress, 11), neighbors::State::conflict);
}

TEST(ArpConflict, FirstOneGoesOnSending) {
  Lan lan;
  settle(lan);
  lan.announce(5, kB, kAddress).send(8, kA, kAddress);
  EXPECT_EQ(lan.kinds(), Kinds{arp_conflict});
}

TEST(ArpConflict, TwoHostsMayBeginWithDifferentTtls) {
  Lan lan;
  lan.ask(0, kB, kAddress, "10.0.0.3").ask(2, kC, kAddress, "10.0.0.3");
  for (int i = 0; i < 9; ++i) lan.send(3 + i, kB, kAddress, 128).send(3.5 + i, kC, kAddress, 64);
  EXPECT_EQ(lan.kinds(), Kinds{arp_conflict});
}

TEST(ArpConflict, TwoAnswerTheSameWhateverTheirTtls) {
  Lan lan;
  for (int i = 0; i < 4; ++i) {
    lan.ask(i * 8, kC, "10.0.0.3", kAddress).reply(i * 8 + 0.001, kA, kAddress);
    lan.reply(i * 8 + 0.002, kB, kAddress);
    lan.send(i * 8 + 0.1, kA, kAddress, 63).send(i * 8 + 3, kB, kAddress, 64);
  }
  EXPECT_EQ(lan.kinds(), Kinds{arp_conflict});
}

TEST(ArpConflict, WhatWasOnItsWayIsNone) {
  Lan lan;
  settle(lan);
  lan.announce(5, kB, kAddress).send(5.5, kA, kAddress).send(6, kB, kAddress);
  EXPECT_EQ(lan.kinds(), Kinds{arp_move});
}

TEST(ArpConflict, ProbeIsAnswered) {
  Lan lan;
  lan.probe(0, kB, kAddress).reply(0.001, kA, kAddress, kB, "0.0.0.0");
  ASSERT_EQ(lan.kinds(), Kinds{arp_conflict});
  expect_about(lan.findings()[0], {mac(kA)});
  EXPECT_EQ(lan.findings()[0].neighbors.probers, std::vector{mac(kB)});
}

TEST(ArpConflict, FreeAddressIsProbedForAndTaken) {
  Lan lan;
  lan.probe(0, kB, kAddress).probe(1, kB, kAddress).probe(2, kB, kAddress);
  lan.announce(4, kB, kAddress).announce(6, kB, kAddress);
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpConflict, SwitchThatLooksAfterItsHostsIsNone) {
  Lan lan;
  lan.hear_arp(
      0, {.sender_mac = kRouter, .sender_ip = "0.0.0.0", .target_ip = kAddress, .dst_mac = kA});
  lan.reply(0.001, kA, kAddress, kRouter, "0.0.0.0");
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpConflict, TwoProbeForTheSame) {
  Lan lan;
  lan.probe(0, kA, kAddress).probe(1, kB, kAddress);
  EXPECT_EQ(lan.kinds(), Kinds{arp_conflict});
}

// RFC 5227 section 2.4.
TEST(ArpConflict, OwnerDefendsAndTheOtherGivesWay) {
  Lan lan;
  settle(lan);
  lan.announce(5, kB, kAddress).announce(5.5, kA, kAddress).send(20, kA, kAddress);
  ASSERT_EQ(lan.kinds(), Kinds{arp_conflict});
  EXPECT_TRUE(lan.findings()[0].neighbors.defended);
  EXPECT_TRUE(lan.findings()[0].neighbors.yielded);
}

TEST(ArpConflict, VirtualRoutersShareOneAddress) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", kAddress);
  lan.reply(0.001, "00:07:b4:00:01:01", kAddress);
  lan.ask(1, kB, "10.0.0.2", kAddress);
  lan.reply(1.001, "00:07:b4:00:01:02", kAddress, kB, "10.0.0.2");
  lan.ask(2, kC, "10.0.0.3", kAddress);
  lan.reply(2.001, "00:07:b4:00:01:01", kAddress);
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpFlipFlop, AnnouncedToAndFro) {
  Lan lan;
  lan.announce(0, kA, kAddress).send(1, kA, kAddress);
  lan.announce(2, kB, kAddress).send(3, kB, kAddress);
  lan.announce(4, kA, kAddress).send(5, kA, kAddress);
  lan.announce(6, kB, kAddress).send(7, kB, kAddress);
  ASSERT_EQ(lan.kinds(), Kinds{arp_flip_flop});
  expect_about(lan.findings()[0], {mac(kA), mac(kB)});
  EXPECT_EQ(lan.findings()[0].figures.count, 3u);
}

TEST(ArpFlipFlop, WithLongPausesThereAreMoves) {
  Lan lan;
  lan.announce(0, kA, kAddress).announce(100, kB, kAddress).announce(300, kA, kAddress);
  EXPECT_EQ(lan.kinds(), Kinds{arp_move});
}

TEST(ArpMove, NewMacAddressIsAnnounced) {
  Lan lan;
  settle(lan);
  lan.announce(5, kB, kAddress).send(7, kB, kAddress);
  ASSERT_EQ(lan.kinds(), Kinds{arp_move});
  expect_about(lan.findings()[0], {mac(kA), mac(kB)});
  EXPECT_TRUE(lan.findings()[0].neighbors.announced);
  EXPECT_EQ(lan.findings()[0].neighbors.holder, mac(kB));
  lan.announce(300, kC, kAddress);
  EXPECT_EQ(lan.findings()[0].neighbors.holder, mac(kC));
}

TEST(ArpMove, SameAddressInTwoVlansIsTwo) {
  Lan lan;
  const auto announce = [&](double t, std::string_view from, std::uint16_t vlan) {
    lan.hear_arp(
        t, {.sender_mac = from, .sender_ip = kAddress, .target_ip = kAddress, .vlan = {vlan}});
  };
  announce(0, kA, 10);
  announce(1, kA, 20);
  announce(100, kB, 10);
  announce(200, kB, 20);
  ASSERT_EQ(lan.findings().size(), 2u);
  EXPECT_EQ(lan.findings()[0].figures.vlan, 10);
  EXPECT_EQ(lan.findings()[1].figures.vlan, 20);
}

TEST(ArpMove, OldOneHadBeenSilent) {
  Lan lan;
  settle(lan);
  lan.ask(60, kC, "10.0.0.3", kAddress).reply(60.01, kB, kAddress);
  EXPECT_EQ(lan.kinds(), Kinds{arp_move});
}

TEST(ArpMove, OldOneIsSilentSince) {
  Lan lan;
  settle(lan);
  lan.ask(10, kB, kAddress, "10.0.0.3").send(11, kB, kAddress);
  EXPECT_EQ(lan.kinds(), Kinds{arp_move});
}

TEST(ArpMove, SameMacAddressAgainIsNone) {
  Lan lan;
  settle(lan);
  lan.announce(60, kA, kAddress);
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpProxy, PacketsBehindItWereForwarded) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", "10.9.0.5").reply(0.1, kRouter, "10.9.0.5");
  for (const double t : {0.2, 0.4}) {
    lan.send(t, kA, "10.9.0.5", 64).send(t + 0.001, kRouter, "10.9.0.5", 63);
  }
  ASSERT_EQ(lan.kinds(), Kinds{arp_proxy});
  const Finding f = lan.findings()[0];
  EXPECT_EQ(f.subject, Subject{mac(kRouter)});
  EXPECT_EQ(f.neighbors.addresses, std::vector{ip("10.9.0.5")});
}

TEST(ArpProxy, HostThatForwardsForItsContainersIsNone) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", "10.9.0.5").reply(0.1, kRouter, "10.9.0.5");
  lan.send_to(0.2, kRouter, "10.9.0.5").send(0.3, kRouter, "10.9.0.5", 63);
  EXPECT_TRUE(lan.kinds().empty());
}

// Direct routing, as of Linux Virtual Server: the director answers, the server sends.
TEST(ArpProxy, DirectorThatHandsOnIsNone) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", kAddress).reply(0.1, kA, kAddress);
  for (int i = 1; i < 6; ++i) {
    lan.hear(i, test::udp({.src = "10.0.0.3", .dst = kAddress, .src_mac = kA, .dst_mac = kB}));
    lan.send(i + 0.1, kB, kAddress);
  }
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpProxy, AnswersForManyThatAreNotItsOwn) {
  Lan lan;
  for (const std::string_view address : {"10.9.0.5", "10.9.0.6", "10.9.0.7"}) {
    lan.ask(0, kC, "10.0.0.3", address).reply(0.1, kRouter, address);
  }
  EXPECT_EQ(lan.kinds(), Kinds{arp_proxy});
}

TEST(ArpProxy, HostWithSeveralAddressesIsNone) {
  Lan lan;
  for (const std::string_view address : {"10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.8"}) {
    lan.announce(0, kA, address);
    lan.ask(1, kC, "10.0.0.3", address).reply(1.1, kA, address);
  }
  lan.ask(2, kC, "10.0.0.3", "10.0.0.9").reply(2.1, kA, "10.0.0.9").send(2.2, kA, "10.0.0.9");
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpProxy, HostWithManyAddressesIsNoneForThoseNotYetUsed) {
  Lan lan;
  for (int i = 1; i <= 8; ++i) {
    const std::string address = "10.0.1." + std::to_string(i);
    lan.ask(i, kC, "10.0.0.3", address).reply(i + 0.1, kA, address);
    if (i <= 4) lan.send(i + 0.2, kA, address);
  }
  EXPECT_TRUE(lan.kinds().empty());
}

// Both sides of the router in one capture: the host and its proxy both say that they have it.
TEST(ArpProxy, SeenFromBothSidesIsNoConflict) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", kAddress).reply(0.01, kRouter, kAddress);
  lan.ask(0.02, kRouter, "10.0.0.254", kAddress).reply(0.03, kA, kAddress, kRouter, "10.0.0.254");
  lan.send(0.1, kA, kAddress, 64).send(0.1001, kRouter, kAddress, 63);
  EXPECT_EQ(lan.kinds(), Kinds{arp_proxy});
}

TEST(ArpUnanswered, ThreeQuestionsAndNothing) {
  Lan lan;
  for (int i = 0; i < 3; ++i) lan.ask(i, kC, "10.0.0.3", kAddress);
  EXPECT_TRUE(lan.kinds(1.5).empty()) << "there is time still";
  ASSERT_EQ(lan.kinds(), Kinds{arp_unanswered});
  const Finding f = lan.findings()[0];
  expect_about(f, {mac(kC)});
  EXPECT_EQ(f.figures.count, 3u);
  EXPECT_EQ(f.neighbors.addresses, std::vector{ip("10.0.0.3")});
}

TEST(ArpUnanswered, AnsweredInTheEnd) {
  Lan lan;
  for (int i = 0; i < 3; ++i) lan.ask(i, kC, "10.0.0.3", kAddress);
  lan.reply(2.1, kA, kAddress);
  EXPECT_TRUE(lan.kinds(10).empty());
}

TEST(ArpUnanswered, AnswerThatTheTapDidNotSee) {
  Lan lan;
  for (int i = 0; i < 3; ++i) lan.ask(i, kC, "10.0.0.3", kAddress).send_to(i + 0.1, kA, kAddress);
  EXPECT_TRUE(lan.kinds(10).empty());
}

TEST(ArpUnanswered, QuestionsFarApartAreNoSeries) {
  Lan lan;
  for (int i = 0; i < 5; ++i) lan.ask(i * 300, kC, "10.0.0.3", kAddress);
  EXPECT_TRUE(lan.kinds(2000).empty());
}

TEST(ArpUnanswered, OfIpv6) {
  Lan lan;
  for (int i = 0; i < 3; ++i) lan.hear(i, test::nd({.source_link_layer = kA, .src_mac = kA}));
  EXPECT_EQ(lan.kinds(4), Kinds{arp_unanswered});
}

void ask_for_many(Lan& lan, int many, double apart) {
  for (int i = 0; i < many; ++i) {
    const std::string target = "10.0.1." + std::to_string(i + 1);
    lan.ask(i * apart, kC, "10.0.0.3", target);
  }
}

TEST(ArpScan, ManyThatNobodyHas) {
  Lan lan;
  settle(lan);
  ask_for_many(lan, 64, 0.01);
  ASSERT_EQ(lan.kinds(10), Kinds{arp_scan});
  const Finding f = lan.findings(10)[0];
  EXPECT_EQ(f.subject, Subject{mac(kC)});
  EXPECT_EQ(f.other, Subject{ip("10.0.0.3")});
  EXPECT_EQ(f.figures.count, 64u);
}

TEST(ArpScan, AnswersThatTheTapWouldNotSee) {
  Lan once;
  ask_for_many(once, 64, 0.01);
  EXPECT_TRUE(once.kinds(10).empty());
  Lan thrice;
  for (int i = 0; i < 192; ++i) {
    thrice.ask(i * 0.01, kC, "10.0.0.3", "10.0.1." + std::to_string(i % 64 + 1));
  }
  EXPECT_EQ(thrice.kinds(10), Kinds{arp_scan}) << "it would not have asked again";
}

TEST(ArpScan, SlowlyIsNone) {
  Lan lan;
  settle(lan);
  ask_for_many(lan, 64, 30);
  EXPECT_TRUE(lan.kinds(4000).empty());
}

TEST(ArpScan, MostAreThere) {
  Lan lan;
  for (int i = 0; i < 40; ++i) {
    const std::string target = "10.0.1." + std::to_string(i + 1);
    lan.ask(i * 0.1, kC, "10.0.0.3", target);
    test::Buffer answer = test::arp({.operation = 2,
                                     .sender_mac = kA,
                                     .sender_ip = target,
                                     .target_mac = kC,
                                     .target_ip = "10.0.0.3",
                                     .dst_mac = kC});
    answer[11] = answer[27] = static_cast<std::uint8_t>(i);
    lan.hear(i * 0.1 + 0.01, answer);
  }
  EXPECT_TRUE(lan.kinds(10).empty());
}

TEST(ArpUnsolicitedReply, NobodyHadAsked) {
  Lan lan;
  settle(lan);
  lan.reply(20, kA, kAddress);
  ASSERT_EQ(lan.kinds(), Kinds{arp_unsolicited_reply});
  expect_about(lan.findings()[0], {mac(kA)});
}

TEST(ArpUnsolicitedReply, QuestionsOfAHostThatIsNeverHeardAreNotCaptured) {
  Lan lan;
  for (int i = 0; i < 4; ++i) lan.send(i * 10, kA, kAddress).reply(i * 10 + 6, kA, kAddress);
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpUnsolicitedReply, OneQuestionAndRepliesOnAndOn) {
  Lan lan;
  lan.ask(0, kC, "10.0.0.3", kAddress).reply(0.01, kA, kAddress).reply(1, kA, kAddress);
  EXPECT_EQ(lan.kinds(), Kinds{arp_unsolicited_reply});
}

TEST(ArpUnsolicitedReply, GratuitousOnesAndAnswersAreNone) {
  Lan lan;
  settle(lan);
  lan.reply(20, kA, kAddress, kAll, kAddress);
  lan.ask(30, kC, "10.0.0.3", kAddress).reply(30.01, kA, kAddress).reply(30.02, kA, kAddress);
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpUnsolicitedReply, WhatWasAskedBeforeTheCaptureBegan) {
  Lan lan;
  lan.reply(0, kA, kAddress);
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpSourceMismatch, FrameOfAnother) {
  Lan lan;
  lan.hear_arp(0,
               {.sender_mac = kA, .sender_ip = kAddress, .target_ip = "10.0.0.3", .src_mac = kB});
  ASSERT_EQ(lan.kinds(), Kinds{arp_source_mismatch});
  expect_about(lan.findings()[0], {mac(kA), mac(kB)});
}

TEST(ArpSourceMismatch, VirtualRoutersAnswerFromTheirOwn) {
  Lan lan;
  lan.hear_arp(0, {.sender_mac = "00:00:5e:00:01:01", .sender_ip = kAddress, .src_mac = kB});
  lan.hear_arp(1, {.sender_mac = "00:00:0c:07:ac:05", .sender_ip = "10.0.0.7", .src_mac = kB});
  lan.hear_arp(
      2,
      {.sender_mac = "02:bf:0a:00:00:09", .sender_ip = "10.0.0.9", .src_mac = "02:01:0a:00:00:09"});
  EXPECT_TRUE(lan.kinds().empty());
}

TEST(ArpSourceMismatch, SenderIsAGroup) {
  Lan lan;
  lan.hear_arp(
      0, {.operation = 2, .sender_mac = "01:00:5e:00:00:05", .sender_ip = kAddress, .src_mac = kB});
  ASSERT_EQ(lan.kinds(), Kinds{arp_source_mismatch});
  EXPECT_TRUE(lan.findings()[0].neighbors.of_group);
}

test::Buffer dad_probe(std::string_view from) { return test::nd({.src = "::", .src_mac = from}); }
test::Buffer advertisement(std::string_view from) {
  return test::nd({.type = 136,
                   .src = "fe80::2",
                   .dst = "ff02::1",
                   .flags = test::kNdOverride,
                   .target_link_layer = from,
                   .src_mac = from});
}

TEST(DadFailed, OwnerAnswersTheProbe) {
  Lan lan;
  lan.hear(0, dad_probe(kB)).hear(0.01, advertisement(kA));
  ASSERT_EQ(lan.kinds(), Kinds{dad_failed});
  EXPECT_EQ(lan.findings()[0].subject, Subject{ip("fe80::2")});
  EXPECT_EQ(lan.mac_of("fe80::2"), mac(kA));
}

TEST(DadFailed, NobodyAnswers) {
  Lan lan;
  lan.hear(0, dad_probe(kB)).hear(1.1, advertisement(kB));
  EXPECT_TRUE(lan.kinds().empty());
  EXPECT_EQ(lan.mac_of("fe80::2"), mac(kB));
}

}  // namespace
}  // namespace tapstat::analysis
