// Which frames are plain, and that a segment read where it lies is the one that the decoder gives.
#include "decode/plain_tcp.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using capture::LinkType;
using test::Buffer;
using test::ethernet;
using test::hex;

[[nodiscard]] bool is_plain(const Buffer& bytes, LinkType link = LinkType::ethernet) {
  return PlainTcp::parse(test::frame_of(bytes, {}, 1, link)).has_value();
}

const Buffer kIpv4 = test::tcp_packet({.payload_len = 20, .timestamps = test::TcpTimestamps{1, 2}});
const Buffer kIpv6 =
    test::tcp_packet({.src = "2001:db8::1", .dst = "2001:db8::2", .payload_len = 20});

TEST(PlainTcp, IsEthernetWithATagAtMostIpAndTcp) {
  EXPECT_TRUE(is_plain(ethernet(kIpv4)));
  EXPECT_TRUE(is_plain(ethernet(kIpv4, {.vlan = {7}})));
  EXPECT_TRUE(is_plain(ethernet(kIpv6)));
  EXPECT_TRUE(is_plain(ethernet(kIpv6, {.vlan = {0}})));
}

TEST(PlainTcp, IsNothingElse) {
  EXPECT_FALSE(is_plain(kIpv4, LinkType::raw));
  EXPECT_FALSE(is_plain(ethernet(kIpv4, {.vlan = {7, 8}})));
  EXPECT_FALSE(
      is_plain(ethernet(test::ip_packet(Buffer(40, 0x50), 6, {.options = hex("94040000")}))))
      << "IPv4 options";
  EXPECT_FALSE(is_plain(ethernet(test::add_ipv6_extension(kIpv6, 60, hex("0104")))));
  for (const Buffer& piece : test::fragments(kIpv4, 24)) EXPECT_FALSE(is_plain(ethernet(piece)));
  EXPECT_FALSE(is_plain(test::udp({})));
  EXPECT_FALSE(is_plain(test::arp({})));
  EXPECT_FALSE(is_plain(ethernet(test::gre(kIpv4))));
}

TEST(PlainTcp, LiesInsideAllLengths) {
  constexpr std::size_t kTotalLen = 14 + 2, kDataOffset = 14 + 20 + 12;
  Buffer frame = ethernet(kIpv4);
  ASSERT_TRUE(is_plain(frame));
  frame[kDataOffset] = 0x40;
  EXPECT_FALSE(is_plain(frame)) << "a data offset below five";
  frame = ethernet(kIpv4);
  frame[kTotalLen + 1] += 1;
  EXPECT_FALSE(is_plain(frame)) << "more than the frame had on the wire";
  for (const std::uint8_t total_len : std::initializer_list<std::uint8_t>{0, 19, 39}) {
    frame[kTotalLen + 1] = total_len;
    EXPECT_FALSE(is_plain(frame)) << "no room for both headers in " << int{total_len};
  }
}

void expect_as_decoded(const capture::Frame& frame) {
  const auto plain = PlainTcp::parse(frame);
  ASSERT_TRUE(plain);
  Decoder decoder;
  Packet packet;
  decoder.decode(frame, packet);
  ASSERT_EQ(packet.content, Content::tcp);
  Segment segment;
  plain->write_to(segment);
  EXPECT_EQ(test::difference(segment, packet.segment), "");
  const Segment& s = packet.segment;
  EXPECT_EQ(plain->source(), s.ip_src);
  EXPECT_EQ(plain->destination(), s.ip_dst);
  EXPECT_EQ(plain->ip_version(), s.ip_version);
  EXPECT_EQ(plain->tag(), s.vlans.packed());
  EXPECT_EQ(plain->src_port(), s.src_port);
  EXPECT_EQ(plain->dst_port(), s.dst_port);
  EXPECT_EQ(plain->seq(), s.seq);
  EXPECT_EQ(plain->ack(), s.ack);
  EXPECT_EQ(plain->window(), s.window);
  EXPECT_EQ(plain->flags(), s.flags);
  EXPECT_EQ(plain->payload_len(), s.payload_len);
}

TEST(PlainTcp, SaysWhatTheDecoderSays) {
  const Buffer padded = test::concat(ethernet(kIpv4), Buffer(6));
  const Buffer tagged = ethernet(kIpv6, {.vlan = {4095}});
  for (const Buffer& bytes : {ethernet(kIpv4), ethernet(kIpv6), tagged, padded}) {
    expect_as_decoded(test::frame_of(bytes));
    Buffer cut = bytes;
    cut.resize(cut.size() - 8);
    expect_as_decoded(
        test::frame_of(cut, {}, 1, LinkType::ethernet, static_cast<std::uint32_t>(bytes.size())));
  }
}

// Its bounds are those of the buffer: for sanitizers.
TEST(PlainTcp, ReadsNothingBehindAFrame) {
  for (const Buffer& whole : {ethernet(kIpv4), ethernet(kIpv6, {.vlan = {1}})}) {
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const Buffer prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
      const auto frame = test::frame_of(prefix, {}, 1, LinkType::ethernet,
                                        static_cast<std::uint32_t>(whole.size()));
      if (PlainTcp::parse(frame)) expect_as_decoded(frame);
    }
  }
}

}  // namespace
}  // namespace tapstat::decode
