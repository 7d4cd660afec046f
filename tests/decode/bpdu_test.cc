// BPDUs of each kind and layout, octet by octet, and what a bridge would not take.
#include "decode/bpdu.h"

#include <gtest/gtest.h>

#include "tests/decode/decoded.h"
#include "tests/support/bpdu_bytes.h"

namespace tapstat::decode {
namespace {

using capture::LinkType;
using test::Buffer;
using test::concat;
using test::Decoded;
using test::hex;
using test::kBpduVector;
using test::kCistPart;
using test::kConfigBpdu;
using test::kMstConfiguration;
using test::kMstiMessage;
using test::kPvstVlan10;
using test::kRstBpdu;
using test::kTcnBpdu;
using test::mst_bpdu;

[[nodiscard]] tl::expected<Bpdu, BpduError> read(const std::string& octets, bool is_cisco = false) {
  return parse_bpdu(Bytes{hex(octets)}, is_cisco);
}

[[nodiscard]] std::string_view reason(const std::string& octets, bool is_cisco = false) {
  const auto bpdu = read(octets, is_cisco);
  return bpdu ? "taken" : bpdu.error().reason;
}

void expect_vector(const Bpdu& bpdu) {
  EXPECT_EQ(bpdu.root.priority(), 24576);
  EXPECT_EQ(bpdu.root.system_id(), 10);
  EXPECT_EQ(bpdu.root.mac(), (MacAddress{0x02, 0x0a, 0x01, 0x00, 0x02, 0x00}));
  EXPECT_EQ(bpdu.root_cost, 4u);
  EXPECT_EQ(bpdu.bridge.value(), 0x800a'020a'0100'0100u);
  EXPECT_EQ(bpdu.port, 0x8002);
  EXPECT_EQ(bpdu.message_age, Bpdu::Time{384});
  EXPECT_EQ(bpdu.max_age, std::chrono::seconds{20});
  EXPECT_EQ(bpdu.hello_time, std::chrono::seconds{2});
  EXPECT_EQ(bpdu.forward_delay, std::chrono::seconds{15});
}

TEST(Bpdu, ConfigHasEveryField) {
  const auto bpdu = read(kConfigBpdu);
  ASSERT_TRUE(bpdu);
  EXPECT_EQ(bpdu->version, 0);
  EXPECT_EQ(bpdu->type, BpduType::config);
  EXPECT_TRUE(bpdu->flags.topology_change());
  EXPECT_TRUE(bpdu->flags.acknowledgment());
  expect_vector(*bpdu);
  EXPECT_EQ(bpdu->sender(), bpdu->bridge);
  EXPECT_FALSE(bpdu->mst);
  EXPECT_FALSE(bpdu->cisco_vlan);
}

TEST(Bpdu, ConfigOfANewerVersionIsOne) { EXPECT_TRUE(read("0000 07 00 00" + kBpduVector)); }

TEST(Bpdu, TcnIsItsTypeAlone) {
  const auto bpdu = read(kTcnBpdu);
  ASSERT_TRUE(bpdu);
  EXPECT_EQ(bpdu->type, BpduType::tcn);
  EXPECT_EQ(bpdu->root, BridgeId{});
}

TEST(Bpdu, RstHasRoleAndStates) {
  const auto bpdu = read(kRstBpdu);
  ASSERT_TRUE(bpdu);
  EXPECT_EQ(bpdu->version, 2);
  EXPECT_EQ(bpdu->type, BpduType::rapid);
  EXPECT_EQ(bpdu->flags.role(), BpduRole::designated);
  EXPECT_TRUE(bpdu->flags.learning());
  EXPECT_TRUE(bpdu->flags.forwarding());
  EXPECT_FALSE(bpdu->flags.proposal());
  EXPECT_FALSE(bpdu->flags.agreement());
  expect_vector(*bpdu);
}

TEST(Bpdu, PaddingChangesNothing) {
  EXPECT_TRUE(read(kConfigBpdu + std::string(16, '0')));
  EXPECT_TRUE(read(kRstBpdu + std::string(14, '0')));
  EXPECT_TRUE(read(kTcnBpdu + std::string(84, '0')));
}

TEST(Bpdu, MstHasRegionAndInstances) {
  const auto bpdu = read(mst_bpdu("0060", kMstiMessage + kMstiMessage));
  ASSERT_TRUE(bpdu);
  expect_vector(*bpdu);
  ASSERT_TRUE(bpdu->mst);
  const MstBpdu& m = *bpdu->mst;
  EXPECT_EQ(m.region.format, 0);
  EXPECT_EQ(m.region.name, "floor-1");
  EXPECT_EQ(m.region.revision, 7);
  EXPECT_EQ(m.region.digest[0], 0xac);
  EXPECT_EQ(m.region.digest[15], 0x62);
  EXPECT_EQ(m.internal_cost, 200u);
  EXPECT_EQ(m.bridge, BridgeId{0x1000'020a'0100'0300});
  EXPECT_EQ(bpdu->sender(), m.bridge);
  EXPECT_EQ(m.remaining_hops, 19);
  EXPECT_FALSE(m.is_pre_standard);
  ASSERT_EQ(m.instances.size(), 2u);
  const MstiMessage& i = m.instances[1];
  EXPECT_EQ(i.instance, 5);
  EXPECT_EQ(i.flags.bits(), 0x3d);
  EXPECT_EQ(i.regional_root, BridgeId{0x2005'020a'0100'0400});
  EXPECT_EQ(i.internal_cost, 100u);
  EXPECT_EQ(i.bridge_priority, 0x9000);
  EXPECT_EQ(i.port_priority, 0x40);
  EXPECT_EQ(i.remaining_hops, 18);
}

TEST(Bpdu, ARegionNameMayFillItsField) {
  const std::string name(64, '7');
  const auto bpdu = read("0000 03 02 7c" + kBpduVector + "00 0040 00" + name +
                         "0000 00000000000000000000000000000000" + kCistPart);
  ASSERT_TRUE(bpdu && bpdu->mst);
  EXPECT_EQ(bpdu->mst->region.name, std::string(32, 'w'));
}

TEST(Bpdu, SptIsReadAsMst) {
  const auto bpdu = read(mst_bpdu("0050", kMstiMessage + "0037" + std::string(110, '0'), "04"));
  ASSERT_TRUE(bpdu && bpdu->mst);
  EXPECT_EQ(bpdu->mst->instances.size(), 1u);
}

TEST(Bpdu, ALengthBelowTheFixedPartCountsInstances) {
  const auto bpdu = read(mst_bpdu("0002", kMstiMessage + kMstiMessage));
  ASSERT_TRUE(bpdu && bpdu->mst);
  EXPECT_EQ(bpdu->mst->instances.size(), 2u);
}

TEST(Bpdu, CiscosOlderLayoutOfMst) {
  const std::string mcid =
      "5a" + kMstConfiguration.substr(2);  // 64 + 26: Wireshark's reading of the length
  const std::string cist = "1000 020a01000300 000000c8 13";
  const std::string instance = "0005 3d 2005 020a01000400 00000064 9005 020a01000300 8003 12";
  const auto bpdu = read("0000 03 02 7c" + kBpduVector + "00 0000" + mcid + cist + instance + "00");
  ASSERT_TRUE(bpdu && bpdu->mst);
  const MstBpdu& m = *bpdu->mst;
  EXPECT_TRUE(m.is_pre_standard);
  EXPECT_EQ(m.region.format, 0);
  EXPECT_EQ(m.region.name, "floor-1");
  EXPECT_EQ(m.bridge, BridgeId{0x1000'020a'0100'0300});
  EXPECT_EQ(m.internal_cost, 200u);
  EXPECT_EQ(m.remaining_hops, 19);
  ASSERT_EQ(m.instances.size(), 1u);
  const MstiMessage& i = m.instances[0];
  EXPECT_EQ(i.instance, 5);
  EXPECT_EQ(i.flags.bits(), 0x3d);
  EXPECT_EQ(i.regional_root, BridgeId{0x2005'020a'0100'0400});
  EXPECT_EQ(i.internal_cost, 100u);
  EXPECT_EQ(i.bridge_priority, 0x9000);
  EXPECT_EQ(i.port_priority, 0x80);
  EXPECT_EQ(i.remaining_hops, 18);
}

// 802.1Q section 14.4, rule d.
TEST(Bpdu, WhatIsNoMstIsRst) {
  const std::string one_octet_more = mst_bpdu("0041", "00");
  const std::string too_many = mst_bpdu("0450", std::string(65 * 32, '0'));
  const std::string no_length = mst_bpdu("0000");
  std::string version_1_length = mst_bpdu("0040");
  version_1_length.replace(version_1_length.find("000040"), 6, "010040");
  for (const std::string& octets :
       {one_octet_more, too_many, no_length, version_1_length, "0000 03" + kRstBpdu.substr(7)}) {
    const auto bpdu = read(octets);
    ASSERT_TRUE(bpdu) << bpdu.error().reason;
    EXPECT_EQ(bpdu->type, BpduType::rapid);
    EXPECT_FALSE(bpdu->mst) << octets;
  }
  const auto most = read(mst_bpdu("0440", std::string(64 * 32, '0')));
  ASSERT_TRUE(most && most->mst);
  EXPECT_EQ(most->mst->instances.size(), 64u);
}

TEST(Bpdu, PvstNamesItsVlan) {
  const std::string config = kConfigBpdu + "00" + kPvstVlan10;
  for (const std::string& octets : {config, kRstBpdu + kPvstVlan10}) {
    const auto bpdu = read(octets, true);
    ASSERT_TRUE(bpdu) << bpdu.error().reason;
    EXPECT_TRUE(bpdu->is_cisco);
    EXPECT_EQ(bpdu->cisco_vlan, 10);
    expect_vector(*bpdu);
  }
  const auto tcn = read(kTcnBpdu, true);
  ASSERT_TRUE(tcn);
  EXPECT_FALSE(tcn->cisco_vlan);
}

TEST(Bpdu, PvstSkipsWhatItDoesNotKnow) {
  const auto bpdu = read(kRstBpdu + "0009 0003 010203" + kPvstVlan10 + "0000 0000 0000", true);
  ASSERT_TRUE(bpdu) << bpdu.error().reason;
  EXPECT_EQ(bpdu->cisco_vlan, 10);
}

TEST(Bpdu, EachRefusalHasItsReason) {
  EXPECT_EQ(reason(""), "too short for any BPDU");
  EXPECT_EQ(reason("0000 00"), "too short for any BPDU");
  EXPECT_EQ(reason("0001 00 00 00" + kBpduVector), "unknown protocol identifier");
  EXPECT_EQ(reason("0000 09 05 00" + kBpduVector), "unknown BPDU type");
  EXPECT_EQ(reason("0000 01 02 00" + kBpduVector + "00"),
            "an RST BPDU of version 0 or 1, which have none");
  EXPECT_EQ(reason("0000 00 00"), "too short for a config BPDU");
  EXPECT_EQ(reason(kConfigBpdu.substr(0, kConfigBpdu.size() - 2)), "too short for a config BPDU");
  EXPECT_EQ(reason("0000 02 02 00" + kBpduVector), "too short for an RST BPDU");
}

TEST(Bpdu, AVersion3LengthLargerThanTheFrameIsDamage) {
  constexpr std::string_view kReason =
      "the version 3 length of an MST BPDU is larger than the frame";
  EXPECT_EQ(reason(mst_bpdu("0050")), kReason);
  EXPECT_EQ(reason(mst_bpdu("000f", kMstiMessage)), kReason);  // 15 instances
  EXPECT_EQ(reason("0000 03 02 7c" + kBpduVector + "00 0060" + std::string(80, '0')), kReason);
}

TEST(Bpdu, AVersion4LengthLargerThanTheFrameIsDamage) {
  EXPECT_EQ(reason(mst_bpdu("0050", kMstiMessage + "0037" + std::string(108, '0'), "04")),
            "the version 4 length of an SPT BPDU is larger than the frame");
  EXPECT_EQ(reason(mst_bpdu("0050", kMstiMessage, "04")), "taken");
}

TEST(Bpdu, PvstIsRefusedWithoutItsVlan) {
  EXPECT_EQ(reason(kConfigBpdu, true), "a PVST+ BPDU without the TLV that names its VLAN");
  EXPECT_EQ(reason(kRstBpdu + "0009 0000", true),
            "a PVST+ BPDU without the TLV that names its VLAN");
  EXPECT_EQ(reason(kRstBpdu + "0000 0001 0a", true), "the VLAN of a PVST+ BPDU has not 2 octets");
  EXPECT_EQ(reason(kRstBpdu + "0000 0009 000a", true),
            "a TLV of a PVST+ BPDU is longer than the frame");
}

// As a frame of that link; `snap` octets of it captured.
[[nodiscard]] tl::expected<Bpdu, BpduError> in_frame(const Buffer& frame,
                                                     std::size_t snap = 100'000,
                                                     LinkType link = LinkType::ethernet) {
  const auto captured = static_cast<std::ptrdiff_t>(std::min(snap, frame.size()));
  const Decoded d(Buffer(frame.begin(), frame.begin() + captured), link,
                  static_cast<std::uint32_t>(frame.size()));
  EXPECT_EQ(d->content, Content::bpdu);
  return parse_bpdu(*d);
}

TEST(Bpdu, IsCutOffWhereTheSnapLengthTookIt) {
  const Buffer config = concat(test::ieee_bpdu_frame(kConfigBpdu), Buffer(8));
  const Buffer whole_mst = test::ieee_bpdu_frame(mst_bpdu("0050", kMstiMessage));
  const Buffer pvst = test::pvst_bpdu_frame(kRstBpdu + kPvstVlan10);
  for (const Buffer& frame : {config, whole_mst, pvst}) {
    const auto whole = in_frame(frame);
    EXPECT_TRUE(whole) << whole.error().reason;
  }
  for (const std::size_t snap : {19u, 30u, 51u}) {
    EXPECT_TRUE(in_frame(config, snap).error().is_cut_off) << snap;
  }
  EXPECT_TRUE(in_frame(config, 52));
  for (std::size_t snap = 22; snap < whole_mst.size(); ++snap) {
    const auto cut = in_frame(whole_mst, snap);
    ASSERT_FALSE(cut) << snap;
    EXPECT_TRUE(cut.error().is_cut_off) << snap;
  }
  for (std::size_t snap = 27; snap < pvst.size(); ++snap) {
    const auto cut = in_frame(pvst, snap);
    ASSERT_FALSE(cut) << snap;
    EXPECT_TRUE(cut.error().is_cut_off) << snap;
  }
}

TEST(Bpdu, IsReachedBehindEveryLink) {
  const std::string llc = "0026 424203" + kConfigBpdu;
  const std::string pvst = kConfigBpdu + "00" + kPvstVlan10;
  EXPECT_FALSE(in_frame(test::ieee_bpdu_frame(kConfigBpdu))->is_cisco);
  EXPECT_TRUE(in_frame(test::pvst_bpdu_frame(pvst))->is_cisco);
  EXPECT_TRUE(in_frame(hex("0180c2000008 020a01000101 " + llc)));  // of a provider bridge
  EXPECT_TRUE(in_frame(hex("0180c2000000 020a01000101 8100 0005" + llc)));
  EXPECT_EQ(in_frame(test::pvst_bpdu_frame(pvst, "88a8 0007 8100 000a"))->cisco_vlan, 10);
  const std::string without_length = llc.substr(5);
  EXPECT_TRUE(in_frame(hex("0001 0001 0006 020a010001010000 0004 " + without_length), 1000,
                       LinkType::linux_sll));
  EXPECT_TRUE(in_frame(hex("0004 0000 00000002 0001 00 06 020a010001010000 " + without_length),
                       1000, LinkType::linux_sll2));
  EXPECT_TRUE(in_frame(test::ethernet(test::gre_frame(test::ieee_bpdu_frame(kConfigBpdu)))));
}

TEST(Bpdu, GarpIsNone) {
  for (const char* group : {"20", "21", "2f", "0d"}) {
    const Decoded d(hex("0180c20000" + std::string{group} + "020a01000101 0008 424203 0001010000"));
    EXPECT_EQ(d->content, Content::none) << group;
    EXPECT_EQ(d->stop.reason, StopReason::unsupported) << group;
  }
}

}  // namespace
}  // namespace tapstat::decode
