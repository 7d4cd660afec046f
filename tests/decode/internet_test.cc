// IP headers of both versions and what they lead to.
#include <gtest/gtest.h>

#include <array>

#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::Decoded;
using test::ethernet;
using test::hex;

Buffer packet6() {
  return test::tcp_packet({.src = "2001:db8::1", .dst = "2001:db8::2", .seq = 6, .payload_len = 9});
}

TEST(Ipv4, OptionsAreSteppedOver) {
  const Buffer segment(20, 0x50);
  const Decoded d(ethernet(test::ip_packet(segment, 6, {.options = hex("94040000 01010101")})));
  ASSERT_EQ(d->content, Content::tcp);
  EXPECT_EQ(d->segment.payload_len, 0u);
  EXPECT_EQ(d->body.data(), d.bytes().data() + 14 + 28);
}

TEST(Ipv6, EveryExtensionHeaderIsSteppedOver) {
  Buffer packet = packet6();
  for (const std::uint8_t kind : std::to_array<std::uint8_t>({140, 139, 135, 60, 51, 43, 0})) {
    packet = test::add_ipv6_extension(packet, kind, hex("0104 00000000 0000000000000000"));
  }
  const Decoded d(ethernet(packet));
  ASSERT_EQ(d->content, Content::tcp);
  EXPECT_EQ(d->segment.seq, 6u);
  EXPECT_EQ(d->segment.payload_len, 9u);
  EXPECT_EQ(d->ip_protocol, 6);
  EXPECT_EQ(d->segment.ip_dst, d->segment.ip_src + 16);
}

TEST(Ipv6, AtomicFragmentIsAPacket) {
  const Decoded d(ethernet(test::add_ipv6_extension(packet6(), 44, hex("0000 00001234"))));
  EXPECT_EQ(d->content, Content::tcp);
}

TEST(Ipv6, ExtensionBeyondThePacketIsMalformed) {
  Buffer packet = test::add_ipv6_extension(packet6(), 60, hex("0104 00000000"));
  packet[41] = 255;
  const Decoded d(ethernet(packet));
  EXPECT_EQ(d->content, Content::none);
  EXPECT_EQ(d->stop.reason, StopReason::malformed);
  EXPECT_EQ(d->stop.layer, Layer::ipv6_extension);
  EXPECT_EQ(d->stop.offset, 54u);
}

TEST(Ip, OtherProtocolsAreBodies) {
  for (const std::uint8_t protocol : std::to_array<std::uint8_t>({2, 50, 59, 89, 103, 112})) {
    const Decoded d(ethernet(test::ip_packet(Buffer(12, 1), protocol)));
    EXPECT_EQ(d->content, Content::ip_other) << int{protocol};
    EXPECT_EQ(d->ip_protocol, protocol);
    EXPECT_EQ(d->body.size(), 12u);
  }
  const Decoded esp(ethernet(test::ip_packet(Buffer(12), 50, {.src = "::1", .dst = "::2"})));
  EXPECT_EQ(esp->content, Content::ip_other);
  EXPECT_EQ(Decoded(ethernet(test::ip_packet(Buffer(12), 132)))->content, Content::sctp);
}

TEST(Ip, UdpAndIcmpReachTheirBodies) {
  const Decoded udp(test::udp({.payload = Buffer(5), .ttl = 9}));
  ASSERT_EQ(udp->content, Content::udp);
  EXPECT_EQ(udp->body.size(), 13u);
  EXPECT_EQ(udp->ttl, 9);
  const Decoded icmp(test::icmp({.type = 3, .payload = test::tcp_packet({})}));
  ASSERT_EQ(icmp->content, Content::icmp) << "what it quotes is no segment";
  EXPECT_EQ(icmp->body.size(), 48u);
  EXPECT_EQ(Decoded(test::icmp({.src = "::1", .dst = "::2", .type = 128}))->content,
            Content::icmpv6);
}

TEST(Ip, UdpWithImpossibleLengthIsMalformed) {
  Buffer frame = test::udp({.payload = Buffer(5)});
  frame[14 + 20 + 5] = 7;
  const Decoded d(frame);
  EXPECT_EQ(d->content, Content::none);
  EXPECT_EQ(d->stop.reason, StopReason::malformed);
  EXPECT_EQ(d->stop.layer, Layer::udp);
  EXPECT_EQ(d->stop.offset, 14u + 20u + 4u);
}

TEST(Ip, BadVersionIsMalformed) {
  Buffer frame = test::tcp({});
  frame[14] = 0x55;
  const Decoded d(frame);
  EXPECT_EQ(d->stop.reason, StopReason::malformed);
  EXPECT_EQ(d->stop.layer, Layer::ipv4);
}

}  // namespace
}  // namespace tapstat::decode
