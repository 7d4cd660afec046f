// Every link layer in front of the same TCP packet, and what stops below IP.
#include <gtest/gtest.h>

#include "decode/bytes.h"
#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using capture::LinkType;
using test::Buffer;
using test::concat;
using test::Decoded;
using test::hex;

Buffer packet4() { return test::tcp_packet({.seq = 4, .payload_len = 9}); }
Buffer packet6() {
  return test::tcp_packet({.src = "2001:db8::1", .dst = "2001:db8::2", .seq = 6, .payload_len = 9});
}

struct LinkCase {
  const char* name;
  LinkType link;
  const char* header;
  bool ipv6 = false;
};

class Link : public testing::TestWithParam<LinkCase> {};

TEST_P(Link, FindsTheSegmentBehindIt) {
  const LinkCase& c = GetParam();
  const Decoded d(concat(hex(c.header), c.ipv6 ? packet6() : packet4()), c.link);
  ASSERT_EQ(d->content, Content::tcp);
  EXPECT_EQ(d->segment.seq, c.ipv6 ? 6u : 4u);
  EXPECT_EQ(d->segment.payload_len, 9u);
}

TEST_P(Link, IsTruncatedAtEveryShorterSnapLength) {
  const LinkCase& c = GetParam();
  const Buffer whole = concat(hex(c.header), c.ipv6 ? packet6() : packet4());
  const std::size_t tcp_end = whole.size() - 9;
  for (std::size_t n = 0; n < tcp_end; ++n) {
    const Decoded d(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)), c.link,
                    static_cast<std::uint32_t>(whole.size()));
    EXPECT_EQ(d->content, Content::none) << n;
    EXPECT_EQ(d->stop.reason, StopReason::truncated) << n;
  }
}

constexpr const char* kMacs = "020000000002 020000000001";

INSTANTIATE_TEST_SUITE_P(
    All, Link,
    testing::Values(
        LinkCase{"ethernet", LinkType::ethernet, "020000000002 020000000001 0800"},
        LinkCase{"ethernet6", LinkType::ethernet, "020000000002 020000000001 86dd", true},
        LinkCase{"tag", LinkType::ethernet, "020000000002 020000000001 8100 0005 0800"},
        LinkCase{"tags", LinkType::ethernet,
                 "020000000002 020000000001 88a8 0005 8100 0006 9100 0007 0800"},
        LinkCase{"snap", LinkType::ethernet, "020000000002 020000000001 0039 aaaa03 000000 0800"},
        LinkCase{"llc_ip", LinkType::ethernet, "020000000002 020000000001 0034 060603"},
        LinkCase{"fabric_path", LinkType::ethernet,
                 "020000000002 020000000001 8903 0401 020000000002 020000000001 0800"},
        LinkCase{"sll", LinkType::linux_sll, "0000 0001 0006 0200000000010000 0800"},
        LinkCase{"sll_tag", LinkType::linux_sll, "0000 0001 0006 0200000000010000 8100 0005 86dd",
                 true},
        LinkCase{"sll2", LinkType::linux_sll2, "86dd 0000 00000002 0001 00 06 0200000000010000",
                 true},
        LinkCase{"raw", LinkType::raw, ""}, LinkCase{"raw6", LinkType::raw, "", true},
        LinkCase{"raw12", LinkType::raw_bsd_12, ""}, LinkCase{"raw14", LinkType::raw_bsd_14, ""},
        LinkCase{"ipv4", LinkType::ipv4, ""}, LinkCase{"ipv6", LinkType::ipv6, "", true},
        LinkCase{"null", LinkType::null, "02000000"},
        LinkCase{"null_big", LinkType::null, "00000002"},
        LinkCase{"null6", LinkType::null, "1e000000", true},
        LinkCase{"loop", LinkType::loop, "00000018", true},
        LinkCase{"ppp", LinkType::ppp, "ff03 0021"},
        LinkCase{"ppp_bare", LinkType::ppp, "0057", true},
        LinkCase{"ppp_compressed", LinkType::ppp, "21"},
        LinkCase{"ppp_hdlc", LinkType::ppp_hdlc, "ff03 0021"},
        LinkCase{"ppp_mpls", LinkType::ppp, "ff03 0281 00010140"},
        LinkCase{"pppoe", LinkType::pppoe, "1100 0007 0033 0021"},
        LinkCase{"pppoe_session", LinkType::ethernet,
                 "020000000002 020000000001 8864 1100 0007 0033 0021"},
        LinkCase{"c_hdlc", LinkType::c_hdlc, "0f00 0800"},
        LinkCase{"c_hdlc_saying_ipv4", LinkType::c_hdlc, "0f00 0800", true},
        LinkCase{"wlan", LinkType::ieee802_11,
                 "0800 0000 020000000002 020000000001 020000000003 0010 aaaa03 000000 0800"},
        LinkCase{"wlan_qos_to_ds", LinkType::ieee802_11,
                 "8801 0000 020000000003 020000000001 020000000002 0010 0000 aaaa03 000000 86dd",
                 true},
        LinkCase{"wlan_four_addresses", LinkType::ieee802_11,
                 "0803 0000 020000000003 020000000001 020000000002 0010 020000000004"
                 "aaaa03 000000 0800"},
        LinkCase{"wlan_aggregate", LinkType::ieee802_11,
                 "8801 0000 020000000003 020000000001 020000000002 0010 8000"
                 "020000000002 020000000001 0039 aaaa03 000000 0800"},
        LinkCase{"radiotap", LinkType::ieee802_11_radiotap,
                 "0000 0800 00000000"
                 "0802 0000 020000000002 020000000003 020000000001 0010 aaaa03 000000 0800"},
        LinkCase{"radiotap_padded", LinkType::ieee802_11_radiotap,
                 "0000 0900 02000000 20"
                 "8802 0000 020000000002 020000000003 020000000001 0010 0000 0000"
                 "aaaa03 000000 0800"},
        LinkCase{"ppi", LinkType::ppi, "0000 0800 01000000 020000000002 020000000001 0800"},
        LinkCase{"nflog", LinkType::nflog, "02 00 0000 0800 0100 08000300 3500 0900"},
        LinkCase{"fddi", LinkType::fddi, "50 020000000002 020000000001 aaaa03 000000 0800"},
        LinkCase{"arcnet", LinkType::arcnet, "01 02 f0"},
        LinkCase{"arcnet_linux", LinkType::arcnet_linux, "01 02 0000 d4 00 0001"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Ethernet, InfrastructureFramesHaveNoMacsInEthernetOrder) {
  const std::string llc = "aaaa03 000000 0800";
  const Buffer direct =
      concat(hex("0800 0000 020000000002 020000000001 020000000003 0010" + llc), packet4());
  const Decoded d(direct, LinkType::ieee802_11);
  EXPECT_EQ(d->segment.macs, d.bytes().data() + 4);
  const Decoded from_ds(
      concat(hex("0802 0000 020000000002 020000000003 020000000001 0010" + llc), packet4()),
      LinkType::ieee802_11);
  EXPECT_EQ(from_ds->segment.macs, nullptr);
}

TEST(Wlan, ProtectedAndOtherFramesAreUnsupported) {
  const Buffer rest = concat(Buffer(22), hex("aaaa03 000000 0800"));
  for (const char* control : {"0840", "8000", "b400", "4801"}) {
    const Decoded d(concat(hex(control), rest), LinkType::ieee802_11);
    EXPECT_EQ(d->stop.reason, StopReason::unsupported) << control;
    EXPECT_EQ(d->stop.layer, Layer::ieee80211) << control;
  }
}

TEST(Vlan, KeepsFourTagsOfAnyDepth) {
  Buffer frame = test::tcp({});
  for (std::uint16_t vid = 9; vid > 0; --vid) frame = test::add_vlan(frame, vid);
  const Decoded d(frame);
  ASSERT_EQ(d->content, Content::tcp);
  ASSERT_EQ(d->vlans.size(), VlanStack::kMaxTags);
  EXPECT_EQ(d->vlans[0], 1);
  EXPECT_EQ(d->vlans[3], 4);
}

TEST(Bpdu, IsDelimitedByTheLengthField) {
  const Buffer bpdu =
      hex("0000 00 00 00 8000020000000001 00000000 8000020000000001 8001"
          "0000 1400 0200 0f00");
  Buffer frame = test::bpdu_frame(bpdu);
  frame.resize(60);
  const Decoded d(frame);
  ASSERT_EQ(d->content, Content::bpdu);
  EXPECT_EQ(Buffer(d->body.begin(), d->body.end()), bpdu);
  EXPECT_EQ(d->body_len, bpdu.size());
  EXPECT_EQ(d->ether_type, 0);
  EXPECT_EQ(d->macs, d.bytes().data());
}

TEST(Bpdu, PerVlanFormIsSnap) {
  const Decoded d(test::pvst_frame(hex("0000 02 02"), 7));
  ASSERT_EQ(d->content, Content::bpdu);
  EXPECT_EQ(d->body.size(), 4u);
  EXPECT_EQ(d->vlans[0], 7);
}

TEST(Arp, ReachesTheBodyAndTellsRarp) {
  const Decoded d(test::arp({.vlan = {3}}));
  ASSERT_EQ(d->content, Content::arp);
  EXPECT_EQ(d->body.size(), 28u);
  EXPECT_EQ(d->vlans[0], 3);
  EXPECT_EQ(Decoded(test::arp({.operation = 3, .reverse = true}))->content, Content::rarp);
}

TEST(Link, UnknownProtocolsAreUnsupportedNotMalformed) {
  const Decoded lldp(concat(hex(std::string(kMacs) + "88cc"), Buffer(20)));
  EXPECT_EQ(lldp->content, Content::none);
  EXPECT_EQ(lldp->stop.reason, StopReason::unsupported);
  EXPECT_EQ(lldp->stop.offset, 14u);
  EXPECT_EQ(lldp->ether_type, 0x88cc);
  const Decoded ipx(concat(hex(std::string(kMacs) + "0014 e0e003"), Buffer(17)));
  EXPECT_EQ(ipx->stop.reason, StopReason::unsupported);
  EXPECT_EQ(ipx->stop.layer, Layer::llc);
  const Decoded bluetooth(Buffer(20), LinkType{187});
  EXPECT_EQ(bluetooth->stop.reason, StopReason::unsupported);
  const Decoded discovery(concat(hex(std::string(kMacs) + "8863 1109 0000 0000"), Buffer(40)));
  EXPECT_EQ(discovery->stop.reason, StopReason::unsupported);
  EXPECT_EQ(discovery->stop.layer, Layer::pppoe);
}

TEST(Mpls, StackEndsInIpOrEthernetWithOrWithoutControlWord) {
  const Buffer inner = test::tcp({.seq = 8});
  for (const char* stack : {"00010040 00020140", "00020140"}) {
    for (const char* control_word : {"", "00000000"}) {
      const Decoded d(test::ethernet(concat(hex(std::string(stack) + control_word), inner),
                                     {.ether_type = 0x8847}));
      ASSERT_EQ(d->content, Content::tcp) << stack << control_word;
      ASSERT_EQ(d.tunnel().size(), 1u);
      EXPECT_EQ(d.tunnel()[0].kind, TunnelKind::mpls);
      EXPECT_EQ(d.tunnel()[0].id, 0x20u);
    }
  }
  const Decoded unknown(test::ethernet(hex("00020140 1000 0021 01020304"), {.ether_type = 0x8847}));
  EXPECT_EQ(unknown->stop.reason, StopReason::unsupported);
}

}  // namespace
}  // namespace tapstat::decode
