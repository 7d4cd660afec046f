// Views that have no test file of their own: fields, every shorter length, impossible values.
#include <gtest/gtest.h>

#include "decode/arp.h"
#include "decode/capture_header.h"
#include "decode/erspan.h"
#include "decode/ethernet.h"
#include "decode/geneve.h"
#include "decode/gre.h"
#include "decode/gtpu.h"
#include "decode/gue.h"
#include "decode/icmp.h"
#include "decode/ieee80211.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"
#include "decode/ipv6_over_udp.h"
#include "decode/l2tp.h"
#include "decode/legacy_links.h"
#include "decode/linux_cooked.h"
#include "decode/llc.h"
#include "decode/loopback.h"
#include "decode/mpls.h"
#include "decode/ppp.h"
#include "decode/udp.h"
#include "decode/vlan.h"
#include "decode/vxlan.h"
#include "tests/support/packet_builder.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::concat;
using test::hex;

// `header` parses; each shorter one is refused as too short.
template <typename View, typename... Args>
void expect_needs_all_of(const Buffer& header, Args... args) {
  EXPECT_TRUE(View::parse(Bytes(header), args...));
  for (std::size_t n = 0; n < header.size(); ++n) {
    const Buffer prefix(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(n));
    const auto view = View::parse(Bytes(prefix), args...);
    ASSERT_FALSE(view) << n;
    EXPECT_EQ(view.error().kind, DecodeError::Kind::too_short) << n;
    EXPECT_GT(view.error().value, n);
  }
}

template <typename View, typename... Args>
void expect_invalid_at(std::uint32_t offset, const Buffer& header, Args... args) {
  const auto view = View::parse(Bytes(header), args...);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error(), (DecodeError{DecodeError::Kind::invalid, offset}));
}

TEST(Views, RefuseEveryShorterHeader) {
  expect_needs_all_of<EthernetView>(Buffer(14));
  expect_needs_all_of<VlanView>(Buffer(4));
  expect_needs_all_of<SllView>(Buffer(16));
  expect_needs_all_of<Sll2View>(Buffer(20));
  expect_needs_all_of<LoopbackView>(Buffer(4));
  expect_needs_all_of<PppoeView>(hex("11 00 0001 0010"));
  expect_needs_all_of<CHdlcView>(Buffer(4));
  expect_needs_all_of<LlcView>(Buffer(3));
  expect_needs_all_of<SnapView>(Buffer(5));
  expect_needs_all_of<MplsView>(Buffer(4));
  expect_needs_all_of<UdpView>(hex("0001 0002 0008 0000"));
  expect_needs_all_of<IcmpView>(Buffer(4));
  expect_needs_all_of<ArpView>(
      hex("0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002"));
  expect_needs_all_of<Ipv6FragmentView>(Buffer(8));
  expect_needs_all_of<Ipv6ExtensionView>(hex("06 01 0104 00000000 0000000000000000"),
                                         ip_protocol::kHopByHop);
  expect_needs_all_of<GreView>(hex("b000 0800 00000000 00000007 00000001"));
  expect_needs_all_of<ErspanView>(hex("2000 0005 00000000 0000 0001 0000000000000000"));
  expect_needs_all_of<VxlanView>(hex("08000000 00000500"));
  expect_needs_all_of<GeneveView>(hex("01 00 6558 00000500 00000000"));
  expect_needs_all_of<GueView>(hex("01 04 0000 00000000"));
  expect_needs_all_of<GtpuView>(hex("34 ff 0008 00000001 0000 00 85 01 1001 00"));
  expect_needs_all_of<L2tpView>(hex("4a02 0010 0001 0002 0000 0000 0002 0000"));
  expect_needs_all_of<AyiyaView>(hex("00 00 01 29 00000000 aa"));
  expect_needs_all_of<FddiView>(Buffer(13));
  expect_needs_all_of<ArcnetView>(hex("01 02 0000 d4 00 0001"), true);
  expect_needs_all_of<ArcnetView>(hex("01 02 f0"), false);
  expect_needs_all_of<RadiotapView>(hex("00 00 0900 02000000 20"));
  expect_needs_all_of<PpiView>(hex("00 00 0800 69000000"));
  expect_needs_all_of<Ieee80211View>(concat(hex("8803"), Buffer(30)));
}

TEST(EthernetView, ReadsAddressesAndType) {
  const Buffer b = hex("020000000002 020000000001 86dd");
  const auto view = EthernetView::parse(b);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->destination()[5], 2);
  EXPECT_EQ(view->source()[5], 1);
  EXPECT_EQ(view->type(), 0x86dd);
}

TEST(Ipv4View, ReadsFields) {
  const Buffer b = test::tcp_packet({.ip_id = 9, .ttl = 3});
  const auto view = Ipv4View::parse(b);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_len(), 20u);
  EXPECT_EQ(view->total_len(), 40);
  EXPECT_EQ(view->id(), 9);
  EXPECT_EQ(view->ttl(), 3);
  EXPECT_EQ(view->protocol(), 6);
  EXPECT_FALSE(view->is_fragment());
  EXPECT_TRUE(view->options().empty());
}

TEST(Ipv4View, DontFragmentIsNoFragmentAndOffsetCountsInEights) {
  Buffer b = test::tcp_packet({});
  b[6] = 0x40;
  EXPECT_FALSE(Ipv4View::parse(b)->is_fragment());
  b[6] = 0x20;
  EXPECT_TRUE(Ipv4View::parse(b)->is_fragment());
  EXPECT_TRUE(Ipv4View::parse(b)->more_fragments());
  b[6] = 0x1f;
  b[7] = 0xff;
  EXPECT_EQ(Ipv4View::parse(b)->fragment_offset(), 8191u * 8u);
}

TEST(Ipv4View, RefusesImpossibleLengths) {
  Buffer b = test::tcp_packet({});
  b[0] = 0x44;
  expect_invalid_at<Ipv4View>(0, b);
  b[0] = 0x65;
  expect_invalid_at<Ipv4View>(0, b);
  b[0] = 0x45;
  b[3] = 19;
  expect_invalid_at<Ipv4View>(2, b);
  const Buffer options = test::ip_packet({}, 6, {.options = Buffer(40)});
  expect_needs_all_of<Ipv4View>(options);
  EXPECT_EQ(Ipv4View::parse(options)->options().size(), 40u);
}

TEST(Ipv6View, ReadsFields) {
  const Buffer b =
      test::tcp_packet({.src = "fe80::1", .dst = "fe80::2", .payload_len = 5, .ttl = 3});
  const auto view = Ipv6View::parse(b);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload_len(), 25);
  EXPECT_EQ(view->next_header(), 6);
  EXPECT_EQ(view->hop_limit(), 3);
  EXPECT_EQ(view->source()[15], 1);
  EXPECT_EQ(view->destination()[15], 2);
  expect_invalid_at<Ipv6View>(0, Buffer(40));
}

TEST(Ipv6ExtensionView, CountsInEightsAndAuthenticationInFours) {
  Buffer b(64);
  b[1] = 4;
  EXPECT_EQ(Ipv6ExtensionView::parse(b, ip_protocol::kRouting)->header_len(), 40u);
  EXPECT_EQ(Ipv6ExtensionView::parse(b, ip_protocol::kAuthentication)->header_len(), 24u);
}

TEST(Ipv6FragmentView, ReadsFields) {
  const Buffer b = hex("06 00 05a9 00001234");
  const auto view = Ipv6FragmentView::parse(b);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->next_header(), 6);
  EXPECT_EQ(view->fragment_offset(), 0x5a8u);
  EXPECT_TRUE(view->more_fragments());
  EXPECT_EQ(view->id(), 0x1234u);
  EXPECT_FALSE(view->is_atomic());
}

TEST(PppView, LeavesOutWhatMayBeLeftOut) {
  for (const char* text : {"ff03 0021", "0021", "ff03 21", "21"}) {
    const Buffer b = concat(hex(text), hex("45"));
    const auto view = PppView::parse(b);
    ASSERT_TRUE(view) << text;
    EXPECT_EQ(view->protocol(), ppp_protocol::kIpv4) << text;
    EXPECT_EQ(view->header_len(), b.size() - 1) << text;
  }
  EXPECT_FALSE(PppView::parse(hex("ff03")));
  EXPECT_FALSE(PppView::parse(hex("ff03 00")));
}

TEST(PppoeView, RefusesOtherVersions) { expect_invalid_at<PppoeView>(0, hex("21 00 0001 0010")); }

TEST(LoopbackView, TakesEitherByteOrder) {
  EXPECT_TRUE(LoopbackView::parse(hex("02000000"))->is_ipv4());
  EXPECT_TRUE(LoopbackView::parse(hex("00000002"))->is_ipv4());
  for (const char* family : {"18000000", "1c000000", "1e000000", "0000001e", "0a000000"}) {
    EXPECT_TRUE(LoopbackView::parse(hex(family))->is_ipv6()) << family;
  }
}

TEST(ArpView, ReadsAddressesOfAnyLength) {
  const Buffer b = hex("0001 0800 06 04 0002 020000000001 0a000001 020000000002 0a000002 ffff");
  const auto view = ArpView::parse(b);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->operation(), 2);
  EXPECT_TRUE(view->is_ipv4_over_ethernet());
  EXPECT_EQ(view->sender_hardware()[5], 1);
  EXPECT_EQ(view->sender_protocol()[3], 1);
  EXPECT_EQ(view->target_hardware()[5], 2);
  EXPECT_EQ(view->target_protocol()[3], 2);
  expect_needs_all_of<ArpView>(Buffer(hex("0007 0800 01 04 0001 01 0a000001 00 0a000002")));
}

TEST(GreView, ReadsKeyBehindChecksum) {
  const Buffer b = hex("b000 0800 00000000 00000007 00000001");
  const auto view = GreView::parse(b);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->key(), 7u);
  EXPECT_TRUE(view->has_sequence());
  EXPECT_EQ(view->header_len(), 16u);
  expect_invalid_at<GreView>(0, hex("4000 0800"));
  expect_invalid_at<GreView>(0, hex("0002 0800"));
  expect_invalid_at<GreView>(0, hex("0001 880b"));
}

TEST(GreView, PptpHasCallIdAndAcknowledgment) {
  const Buffer b = hex("3081 880b 0010 0042 00000001 00000002");
  const auto view = GreView::parse(b);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->is_pptp());
  EXPECT_EQ(view->call_id(), 0x42);
  EXPECT_EQ(view->header_len(), 16u);
}

TEST(TunnelViews, RefuseWhatTheyCannotBe) {
  expect_invalid_at<VxlanView>(0, Buffer(8));
  expect_invalid_at<GeneveView>(0, hex("40 00 6558 00000000"));
  expect_invalid_at<GueView>(0, hex("20 04 0000"));
  expect_invalid_at<GueView>(0, hex("80 04 0000"));
  expect_invalid_at<GtpuView>(0, hex("40 ff 0008 00000001"));
  expect_invalid_at<GtpuView>(1, hex("30 01 0008 00000001"));
  expect_invalid_at<GtpuView>(12, hex("34 ff 0008 00000001 0000 00 85 00"));
  expect_invalid_at<L2tpView>(0, hex("c802 0010 0001 0002"));
  expect_invalid_at<L2tpView>(0, hex("0003 0001 0002"));
  expect_invalid_at<ErspanView>(0, hex("3000 0005 00000000"));
  expect_invalid_at<TeredoView>(0, hex("45"));
  expect_invalid_at<AyiyaView>(2, hex("00 00 02 29 00000000 aa"));
}

TEST(TeredoView, StepsOverAuthenticationAndOrigin) {
  const Buffer b = hex("0001 01 02 aa bbbb 0102030405060708 00 0000 1234 01020304 60");
  const auto view = TeredoView::parse(b);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_len(), b.size() - 1);
  for (std::size_t n = 0; n < b.size(); ++n) {
    EXPECT_FALSE(TeredoView::parse(Bytes(b).first(n))) << n;
  }
}

TEST(RadiotapView, FindsFlagsBehindTimeAndFurtherPresentWords) {
  EXPECT_TRUE(RadiotapView::parse(hex("00 00 0900 02000000 20"))->has_data_padding());
  EXPECT_FALSE(RadiotapView::parse(hex("00 00 0900 02000000 10"))->has_data_padding());
  EXPECT_TRUE(
      RadiotapView::parse(hex("00 00 1100 03000000 0000000000000000 20"))->has_data_padding());
  EXPECT_TRUE(RadiotapView::parse(hex("00 00 1900 03000080 00000000 00000000 0000000000000000 20"))
                  ->has_data_padding());
  expect_invalid_at<RadiotapView>(0, hex("00 00 0700 00000000"));
}

TEST(Ieee80211View, HeaderLengthFollowsTheFlags) {
  const auto header_len = [](const char* control) {
    return Ieee80211View::parse(concat(hex(control), Buffer(40)))->header_len();
  };
  EXPECT_EQ(header_len("0801"), 24u);
  EXPECT_EQ(header_len("0803"), 30u);
  EXPECT_EQ(header_len("8801"), 26u);
  EXPECT_EQ(header_len("8881"), 30u);
  EXPECT_EQ(header_len("8883"), 36u);
  EXPECT_FALSE(Ieee80211View::parse(hex("4801"))->is_data());
  EXPECT_FALSE(Ieee80211View::parse(hex("8000"))->is_data());
}

TEST(NflogView, FindsThePayloadInEitherByteOrder) {
  for (const char* text : {"02 00 0000 0800 0100 08000300 0500 0900 45",
                           "02 00 0000 0008 0001 08000300 0005 0009 45"}) {
    const Buffer b = hex(text);
    const auto view = NflogView::parse(b);
    ASSERT_TRUE(view) << text;
    EXPECT_TRUE(view->is_ipv4());
    EXPECT_EQ(view->header_len(), 16u);
    EXPECT_EQ(view->payload_len(), 1u);
  }
  expect_invalid_at<NflogView>(4, hex("02 00 0000 0300 0100"));
}

}  // namespace
}  // namespace tapstat::decode
