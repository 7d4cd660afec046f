// The straight decoding paths and the general one never disagree and none reads past a frame: over
// built packets, each of their prefixes, and seeded bit flips of them. Buffers have their exact
// size, for sanitizers.
#include <gtest/gtest.h>

#include <random>

#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using capture::LinkType;
using test::Buffer;
using test::concat;
using test::ethernet;
using test::hex;
using test::IpSpec;

constexpr LinkType kLinks[] = {LinkType::null,         LinkType::ethernet,
                               LinkType::arcnet,       LinkType::ppp,
                               LinkType::fddi,         LinkType::raw_bsd_12,
                               LinkType::raw_bsd_14,   LinkType::ppp_hdlc,
                               LinkType::pppoe,        LinkType::raw,
                               LinkType::c_hdlc,       LinkType::ieee802_11,
                               LinkType::loop,         LinkType::linux_sll,
                               LinkType::arcnet_linux, LinkType::ieee802_11_radiotap,
                               LinkType::ppi,          LinkType::ipv4,
                               LinkType::ipv6,         LinkType::nflog,
                               LinkType::linux_sll2,   LinkType{300}};

IpSpec outer6() { return {.src = "2001:db8:ffff::1", .dst = "2001:db8:ffff::2"}; }

// One tunnel each, of those that the straight path knows.
std::vector<Buffer> straight_tunnels() {
  const Buffer packet4 = test::tcp_packet({.payload_len = 20, .mss = 1460});
  const Buffer packet6 = test::tcp_packet({.src = "2001:db8::1", .dst = "2001:db8::2"});
  const Buffer frame = test::tcp({.timestamps = test::TcpTimestamps{1, 2}, .vlan = {3, 4}});
  const Buffer vxlan = concat(hex("08000000 00000500"), frame);
  return {
      ethernet(test::ip_in_ip(packet4)),
      ethernet(test::ip_in_ip(packet6), {.vlan = {1, 2}}),
      ethernet(test::ip_in_ip(packet4, outer6())),
      ethernet(test::ip_in_ip(packet6, outer6())),
      ethernet(test::gre(packet4)),
      ethernet(test::gre(packet6, {.checksum = true, .key = 1, .sequence = 2})),
      ethernet(test::gre_frame(frame, {.key = 7}, outer6()), {.vlan = {1}}),
      ethernet(test::vxlan(frame, 5)),
      ethernet(test::vxlan(frame, 0xffffff, outer6()), {.vlan = {1, 2}}),
      ethernet(test::in_udp(vxlan, 50000, 8472)),
      ethernet(test::geneve(frame, 5)),
      ethernet(test::geneve(frame, 5, {}, Buffer(8))),
      ethernet(test::in_udp(concat(hex("00 00 86dd 00000900"), packet6), 50000, 6081)),
      ethernet(test::in_udp(concat(hex("30 ff 0031 00000011"), packet4), 2152, 2152)),
      ethernet(test::in_udp(concat(hex("34 ff 0039 00000011 0000 00 85 01 1001 00"), packet4), 2152,
                            2152)),
      ethernet(concat(hex("00010040 00020140"), packet4), {.ether_type = 0x8847}),
      ethernet(concat(hex("00020140"), packet6), {.ether_type = 0x8848}),
      ethernet(concat(hex("11 00 0042 003e 0021"), packet4), {.ether_type = 0x8864}),
      ethernet(concat(hex("11 00 0042 003d 57"), packet6), {.ether_type = 0x8864}),
  };
}

std::vector<Buffer> sample_frames() {
  const Buffer packet4 = test::tcp_packet({.payload_len = 20, .mss = 1460, .wscale = 7});
  const Buffer packet6 = test::tcp_packet({.src = "2001:db8::1", .dst = "2001:db8::2"});
  const Buffer frame = test::tcp({.timestamps = test::TcpTimestamps{1, 2}, .vlan = {3, 4}});
  std::vector<Buffer> out = {
      frame,
      ethernet(packet4),
      ethernet(packet6),
      ethernet(test::add_ipv6_extension(test::add_ipv6_extension(packet6, 60, hex("0104")), 0, {})),
      ethernet(test::ip_packet(Buffer(40, 0x50), 6, {.options = hex("94040000")})),
      test::udp({.payload = Buffer(9)}),
      test::icmp({.payload = packet4}),
      test::arp({}),
      test::bpdu_frame(Buffer(35)),
      test::pvst_frame(Buffer(42), 5),
      ethernet(test::gre(packet4, {.checksum = true, .key = 1, .sequence = 2})),
      ethernet(test::erspan(frame, 3, 7)),
      ethernet(test::vxlan(frame, 5)),
      ethernet(test::gue(packet4, 0)),
      ethernet(test::in_udp(concat(hex("0002 0001 0002 ff03 0021"), packet4), 1701, 1701)),
      ethernet(test::in_udp(concat(hex("0001 00 00 0102030405060708 00"), packet6), 1, 3544)),
      ethernet(concat(hex("00010040 00020140 00000000"), frame), {.ether_type = 0x8847}),
  };
  for (const Buffer& tunnel : straight_tunnels()) out.push_back(tunnel);
  for (const Buffer& piece : test::fragments(packet4, 24)) out.push_back(ethernet(piece));
  for (const Buffer& piece : test::fragments(packet6, 8)) out.push_back(ethernet(piece));
  return out;
}

void expect_agreement(Decoder& decoder, const capture::Frame& frame) {
  Packet packet;
  decoder.begin_batch();
  decoder.decode(frame, packet);
  Segment segment;
  if (!test::decode_straight(decoder, frame, segment)) return;
  ASSERT_EQ(packet.content, Content::tcp);
  ASSERT_EQ(test::difference(segment, packet.segment), "");
}

TEST(AllPaths, AgreeOnEveryPrefixAsAnyLinkType) {
  Decoder decoder;
  for (const Buffer& whole : sample_frames()) {
    const auto wire_len = static_cast<std::uint32_t>(whole.size());
    for (std::size_t n = 0; n <= whole.size(); ++n) {
      const Buffer prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
      for (const LinkType link : kLinks) {
        expect_agreement(decoder, test::frame_of(prefix, {}, 1, link, wire_len));
        expect_agreement(decoder, test::frame_of(prefix, {}, 1, link));
      }
      if (HasFatalFailure()) return;
    }
  }
}

TEST(AllPaths, AgreeOnFlippedBits) {
  std::mt19937 random(20240901);  // NOLINT(cert-msc51-cpp): the same on every run
  const std::vector<Buffer> frames = sample_frames();
  Decoder decoder;
  for (int round = 0; round < 100000; ++round) {
    Buffer frame = frames[random() % frames.size()];
    for (int flips = 1 + static_cast<int>(random() % 4); flips > 0; --flips) {
      frame[random() % frame.size()] ^= static_cast<std::uint8_t>(1u << (random() % 8));
    }
    expect_agreement(decoder, test::frame_of(frame));
    if (HasFatalFailure()) return;
  }
}

TEST(BothPaths, StraightPathTakesWhatItIsFor) {
  const Buffer packet4 = test::tcp_packet({});
  const Buffer packet6 = test::tcp_packet({.src = "2001:db8::1", .dst = "2001:db8::2"});
  const auto takes = [](const Buffer& bytes, LinkType link) {
    Segment segment;
    return decode_tcp(test::frame_of(bytes, {}, 1, link), segment);
  };
  EXPECT_TRUE(takes(ethernet(packet4), LinkType::ethernet));
  EXPECT_TRUE(takes(ethernet(packet6, {.vlan = {1, 2}}), LinkType::ethernet));
  EXPECT_FALSE(takes(ethernet(packet6, {.vlan = {1, 2, 3}}), LinkType::ethernet));
  EXPECT_TRUE(takes(packet4, LinkType::raw));
  EXPECT_TRUE(takes(packet6, LinkType::raw));
  EXPECT_TRUE(takes(packet6, LinkType::ipv6));
  EXPECT_TRUE(
      takes(concat(hex("0000 0001 0006 0200000000010000 0800"), packet4), LinkType::linux_sll));
  EXPECT_TRUE(takes(concat(hex("86dd 0000 00000002 0001 00 06 0200000000010000"), packet6),
                    LinkType::linux_sll2));
  EXPECT_FALSE(takes(test::udp({}), LinkType::ethernet));
  EXPECT_FALSE(takes(test::arp({}), LinkType::ethernet));
  EXPECT_FALSE(takes(ethernet(test::ip_in_ip(packet4)), LinkType::ethernet));
}

TEST(AllPaths, StraightPathTakesOneTunnel) {
  Decoder decoder;
  Segment segment;
  const auto takes = [&](const Buffer& bytes, LinkType link = LinkType::ethernet) {
    return decoder.decode_tunnelled_tcp(test::frame_of(bytes, {}, 1, link), segment);
  };
  int i = 0;
  for (const Buffer& frame : straight_tunnels()) EXPECT_TRUE(takes(frame)) << i++;
  const Buffer packet = test::tcp_packet({});
  EXPECT_TRUE(takes(test::ip_in_ip(packet), LinkType::raw));
  EXPECT_TRUE(takes(concat(hex("0000 0001 0006 0200000000010000 8847 00020140"), packet),
                    LinkType::linux_sll));
  EXPECT_EQ(segment.macs, nullptr);
  EXPECT_FALSE(takes(ethernet(packet))) << "in none";
  EXPECT_FALSE(takes(ethernet(test::ip_in_ip(test::ip_in_ip(packet))))) << "in two";
  EXPECT_FALSE(takes(ethernet(test::vxlan(test::udp({}), 5)))) << "other content";
  for (const Buffer& piece : test::fragments(test::ip_in_ip(packet), 24)) {
    EXPECT_FALSE(takes(ethernet(piece)));
  }
}

// As the engine decodes, and with the general decoder alone: tunnels seen first by either have the
// same numbers.
TEST(AllPaths, NumberTunnelsAlike) {
  std::mt19937 random(20240902);  // NOLINT(cert-msc51-cpp): the same on every run
  const std::vector<Buffer> frames = sample_frames();
  Decoder both, general;
  Packet packet, other;
  Segment segment;
  for (int round = 0; round < 20000; ++round) {
    Buffer bytes = frames[random() % frames.size()];
    bytes[random() % bytes.size()] ^= static_cast<std::uint8_t>(1u << (random() % 8));
    const capture::Frame frame = test::frame_of(bytes);
    both.begin_batch();
    general.begin_batch();
    general.decode(frame, packet);
    if (test::decode_straight(both, frame, segment)) {
      ASSERT_EQ(segment.tunnel, packet.tunnel);
    } else {
      both.decode(frame, other);
      ASSERT_EQ(other.tunnel, packet.tunnel);
    }
  }
}

}  // namespace
}  // namespace tapstat::decode
