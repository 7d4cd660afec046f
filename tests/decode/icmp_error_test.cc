#include "decode/icmp_error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::concat;
using test::Decoded;
using test::ethernet;
using test::hex;
using test::IcmpSpec;
using test::TcpSpec;

constexpr std::size_t kIpv4Len = 20, kIpv6Len = 40;

// A router's error, and the TCP packet that it could not forward.
IcmpSpec unreachable(const Buffer& quote) {
  return {.src = "10.9.9.9", .dst = "10.0.0.1", .type = 3, .code = 1, .payload = quote};
}
IcmpSpec unreachable6(const Buffer& quote) {
  return {.src = "2001:db8::9", .dst = "2001:db8::1", .type = 1, .code = 3, .payload = quote};
}
TcpSpec lost() {
  return {.src_port = 40001, .dst_port = 443, .flags = "S", .seq = 0xfedcba98u, .mss = 1460};
}
TcpSpec lost6() {
  TcpSpec spec = lost();
  spec.src = "2001:db8::1";
  spec.dst = "2001:db8::2";
  return spec;
}

Buffer first(Buffer bytes, std::size_t n) {
  bytes.resize(n);
  return bytes;
}

std::optional<IcmpError> error_in(const Decoded& d) { return icmp_error_of(*d, d.frame()); }

void expect_about_lost(const Decoded& d) {
  const auto error = error_in(d);
  ASSERT_TRUE(error);
  const Segment& quoted = error->quoted;
  ASSERT_TRUE(quoted.ip_version == 4 || quoted.ip_version == 6);
  const bool v4 = quoted.ip_version == 4;
  const std::size_t len = v4 ? 4 : 16;
  EXPECT_EQ(Buffer(quoted.ip_src, quoted.ip_src + len),
            test::ip_bytes(v4 ? "10.0.0.1" : "2001:db8::1"));
  EXPECT_EQ(Buffer(quoted.ip_dst, quoted.ip_dst + len),
            test::ip_bytes(v4 ? "10.0.0.2" : "2001:db8::2"));
  EXPECT_EQ(quoted.src_port, 40001);
  EXPECT_EQ(quoted.dst_port, 443);
  EXPECT_EQ(quoted.seq, 0xfedcba98u);
}

void expect_no_error(const Buffer& frame, const char* why) {
  EXPECT_FALSE(error_in(Decoded(frame))) << why;
}

TEST(IcmpError, TellsWhatHappenedAndToWhichSegment) {
  const Decoded d(test::icmp(unreachable(test::tcp_packet(lost()))));
  expect_about_lost(d);
  EXPECT_EQ(error_in(d)->type, 3);
  EXPECT_EQ(error_in(d)->code, 1);
  EXPECT_EQ(error_in(d)->quoted.ip_version, 4);
}

TEST(IcmpError, OfIpv6TellsTheSame) {
  const Decoded d(test::icmp(unreachable6(test::tcp_packet(lost6()))));
  expect_about_lost(d);
  EXPECT_EQ(error_in(d)->type, 1);
  EXPECT_EQ(error_in(d)->code, 3);
  EXPECT_EQ(error_in(d)->quoted.ip_version, 6);
}

// A router may change all of it before it quotes it, and many quote none of it.
TEST(IcmpError, TellsNothingElseOfTheSegment) {
  TcpSpec sent = lost();
  sent.ack = 77;
  sent.payload_len = 100;
  sent.ip_id = 5;
  const Decoded d(test::icmp(unreachable(test::tcp_packet(sent))));
  ASSERT_TRUE(error_in(d));
  const Segment quoted = error_in(d)->quoted;
  EXPECT_EQ(quoted.flags, TcpFlags{});
  EXPECT_EQ(quoted.ack, 0u);
  EXPECT_EQ(quoted.window, 0);
  EXPECT_EQ(quoted.seg_len(), 0u);
  EXPECT_EQ(quoted.options_len, 0);
  EXPECT_EQ(quoted.ip_id, 0);
  EXPECT_EQ(quoted.ttl, 0);
  EXPECT_EQ(quoted.macs, nullptr);
}

TEST(IcmpError, HasTheTimeAndTheFrameAndTheInputOfTheError) {
  const Buffer bytes = test::icmp(unreachable(test::tcp_packet(lost())));
  capture::Frame frame = test::frame_of(bytes, std::chrono::seconds{1'700'000'000}, 42);
  frame.input = 3;
  Decoder decoder;
  Packet packet;
  decoder.decode(frame, packet);
  const auto error = icmp_error_of(packet, frame);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->quoted.time, frame.time);
  EXPECT_EQ(error->quoted.frame, 42u);
  EXPECT_EQ(error->quoted.input, 3);
}

// RFC 792: the header and 64 bits, which are the ports and the sequence number.
TEST(IcmpError, EightBytesOfTcpAreEnoughAndSevenAreNot) {
  const Buffer quote = test::tcp_packet(lost()), quote6 = test::tcp_packet(lost6());
  expect_about_lost(Decoded(test::icmp(unreachable(first(quote, kIpv4Len + 8)))));
  expect_about_lost(Decoded(test::icmp(unreachable6(first(quote6, kIpv6Len + 8)))));
  for (std::size_t n = 0; n < 8; ++n) {
    expect_no_error(test::icmp(unreachable(first(quote, kIpv4Len + n))), "7 or fewer, IPv4");
    expect_no_error(test::icmp(unreachable6(first(quote6, kIpv6Len + n))), "7 or fewer, IPv6");
  }
}

TEST(IcmpError, WithoutAWholeIpHeaderQuotesNothing) {
  const Buffer quote = test::tcp_packet(lost()), quote6 = test::tcp_packet(lost6());
  for (std::size_t n = 0; n <= kIpv4Len; ++n) {
    expect_no_error(test::icmp(unreachable(first(quote, n))), "IPv4");
  }
  for (std::size_t n = 0; n <= kIpv6Len; ++n) {
    expect_no_error(test::icmp(unreachable6(first(quote6, n))), "IPv6");
  }
}

// Where the IP header says that the error ends, its quote does too.
TEST(IcmpError, EthernetPaddingIsNoPartOfTheQuote) {
  Buffer frame = test::icmp(unreachable(first(test::tcp_packet(lost()), kIpv4Len + 4)));
  frame.resize(frame.size() + 20);
  expect_no_error(frame, "four bytes of TCP and padding");
}

// Every prefix of a frame that the snap length cut, in memory of just that size.
TEST(IcmpError, ReadsNothingPastTheSnapLength) {
  for (const Buffer& whole : {test::icmp(unreachable(test::tcp_packet(lost()))),
                              test::icmp(unreachable6(test::tcp_packet(lost6())))}) {
    const bool v4 = whole[12] == 0x08;
    const std::size_t enough =
        v4 ? 14 + kIpv4Len + 8 + kIpv4Len + 8 : 14 + kIpv6Len + 8 + kIpv6Len + 8;
    for (std::size_t n = 0; n <= whole.size(); ++n) {
      const Decoded d(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)),
                      capture::LinkType::ethernet, static_cast<std::uint32_t>(whole.size()));
      EXPECT_EQ(error_in(d).has_value(), n >= enough) << n;
    }
  }
}

TEST(IcmpError, OfVersion4IsOneOfFiveTypes) {
  for (unsigned type = 0; type < 256; ++type) {
    IcmpSpec spec = unreachable(test::tcp_packet(lost()));
    spec.type = static_cast<std::uint8_t>(type);
    const bool is_error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    EXPECT_EQ(error_in(Decoded(test::icmp(spec))).has_value(), is_error) << type;
  }
}

// RFC 4443 section 2.1: the high-order bit tells messages that inform.
TEST(IcmpError, OfVersion6IsEveryTypeBelow128) {
  for (unsigned type = 0; type < 256; ++type) {
    IcmpSpec spec = unreachable6(test::tcp_packet(lost6()));
    spec.type = static_cast<std::uint8_t>(type);
    EXPECT_EQ(error_in(Decoded(test::icmp(spec))).has_value(), type < 128) << type;
  }
}

TEST(IcmpError, AboutOtherProtocolsIsNotAboutTcp) {
  for (const std::uint8_t protocol : std::to_array<std::uint8_t>({1, 17, 47, 50, 58, 132})) {
    expect_no_error(test::icmp(unreachable(test::ip_packet(Buffer(20, 1), protocol))), "IPv4");
    expect_no_error(test::icmp(unreachable6(test::ip_packet(
                        Buffer(20, 1), protocol, {.src = "2001:db8::1", .dst = "2001:db8::2"}))),
                    "IPv6");
  }
  expect_no_error(test::icmp(unreachable(test::udp_packet({.payload = Buffer(20, 1)}))), "UDP");
  expect_no_error(test::tcp(lost()), "a segment itself");
  expect_no_error(test::arp({}), "ARP");
}

TEST(IcmpError, AnEchoThatLooksLikeAQuoteIsNone) {
  for (const std::uint8_t type : std::to_array<std::uint8_t>({0, 8})) {
    IcmpSpec spec = unreachable(test::tcp_packet(lost()));
    spec.type = type;
    expect_no_error(test::icmp(spec), "echo");
  }
}

TEST(IcmpError, QuotesItsOwnIpVersion) {
  expect_no_error(test::icmp(unreachable(test::tcp_packet(lost6()))), "ICMP about IPv6");
  expect_no_error(test::icmp(unreachable6(test::tcp_packet(lost()))), "ICMPv6 about IPv4");
}

// Only the first fragment has the ports.
TEST(IcmpError, AboutAFragmentIsAboutItsSegmentWhenTheFragmentIsTheFirst) {
  TcpSpec sent = lost(), sent6 = lost6();
  sent.payload_len = sent6.payload_len = 100;
  const auto parts = test::fragments(test::tcp_packet(sent), 64);
  const auto parts6 = test::fragments(test::tcp_packet(sent6), 64);
  ASSERT_EQ(parts.size(), 2u);
  ASSERT_EQ(parts6.size(), 2u);
  expect_about_lost(Decoded(test::icmp(unreachable(parts[0]))));
  expect_about_lost(Decoded(test::icmp(unreachable6(parts6[0]))));
  expect_no_error(test::icmp(unreachable(parts[1])), "IPv4, second fragment");
  expect_no_error(test::icmp(unreachable6(parts6[1])), "IPv6, second fragment");
}

TEST(IcmpError, IpOptionsAreSteppedOverInTheErrorAndInTheQuote) {
  const test::IpSpec with_options{.src = "10.0.0.1", .dst = "10.0.0.2", .options = hex("94040000")};
  const Buffer segment = hex("9c41 01bb fedcba98");
  const Buffer quote = test::ip_packet(segment, 6, with_options);
  ASSERT_EQ(quote.size(), 24u + 8u);
  expect_about_lost(Decoded(test::icmp(unreachable(quote))));
  const Buffer message = concat(hex("0301 0000 00000000"), quote);
  expect_about_lost(Decoded(ethernet(test::ip_packet(message, 1, with_options))));
  expect_no_error(test::icmp(unreachable(first(quote, 24 + 7))), "7 bytes behind the options");
  expect_no_error(test::icmp(unreachable(first(quote, 23))), "options cut short");
}

TEST(IcmpError, AnImpossibleHeaderLengthInTheQuoteIsRefused) {
  for (const std::uint8_t version_and_length : std::to_array<std::uint8_t>({0x40, 0x44, 0x4f})) {
    Buffer quote = first(test::tcp_packet(lost()), kIpv4Len + 8);
    quote[0] = version_and_length;
    expect_no_error(test::icmp(unreachable(quote)), "header length");
  }
}

// As the decoder steps over them in packets: so that the same connection is meant.
TEST(IcmpError, ExtensionHeadersAreSteppedOverInTheErrorAndInTheQuote) {
  const Buffer options = hex("0104 00000000");
  Buffer quote = first(test::tcp_packet(lost6()), kIpv6Len + 8);
  for (const std::uint8_t kind : std::to_array<std::uint8_t>({60, 51, 43, 0})) {
    quote = test::add_ipv6_extension(quote, kind, options);
  }
  expect_about_lost(Decoded(test::icmp(unreachable6(quote))));
  expect_no_error(test::icmp(unreachable6(first(quote, quote.size() - 1))), "7 bytes of TCP");
  expect_no_error(test::icmp(unreachable6(first(quote, kIpv6Len + 12))), "cut within them");
  const Buffer error = test::icmp_packet(unreachable6(test::tcp_packet(lost6())));
  expect_about_lost(Decoded(ethernet(test::add_ipv6_extension(error, 0, options))));
}

// RFC 4302 section 3.1.1, the same in both versions of IP.
TEST(IcmpError, AnAuthenticationHeaderIsSteppedOver) {
  const Buffer authentication = hex("06 04 0000 00000001 00000001 000000000000000000000000");
  const Buffer quote = test::ip_packet(concat(authentication, hex("9c41 01bb fedcba98")), 51,
                                       {.src = "10.0.0.1", .dst = "10.0.0.2"});
  expect_about_lost(Decoded(test::icmp(unreachable(quote))));
  const Buffer options = hex("06 00 0104 00000000 9c41 01bb fedcba98");
  expect_no_error(test::icmp(unreachable(test::ip_packet(options, 60))), "IPv6's, in IPv4");
  const Buffer fragment = hex("06 00 0000 00001234 9c41 01bb fedcba98");
  expect_no_error(test::icmp(unreachable(test::ip_packet(fragment, 44))), "IPv6's, in IPv4");
}

TEST(IcmpError, AnExtensionHeaderThatIsLongerThanTheQuoteIsRefused) {
  Buffer quote = test::add_ipv6_extension(test::tcp_packet(lost6()), 60, hex("0104 00000000"));
  quote[kIpv6Len + 1] = 255;
  expect_no_error(test::icmp(unreachable6(quote)), "2,048 bytes of destination options");
}

TEST(IcmpError, TagsAreThoseOfTheError) {
  IcmpSpec spec = unreachable(test::tcp_packet(lost()));
  spec.vlan = {100, 7};
  const Decoded d(test::icmp(spec));
  expect_about_lost(d);
  ASSERT_EQ(error_in(d)->quoted.vlans.size(), 2);
  EXPECT_EQ(error_in(d)->quoted.vlans[0], 100);
  EXPECT_EQ(error_in(d)->quoted.vlans[1], 7);
  spec = unreachable6(test::tcp_packet(lost6()));
  spec.vlan = {9};
  const Decoded d6(test::icmp(spec));
  expect_about_lost(d6);
  EXPECT_EQ(error_in(d6)->quoted.vlans[0], 9);
}

TEST(IcmpError, InATunnelIsAboutASegmentInTheTunnel) {
  const Buffer error = test::icmp_packet(unreachable(test::tcp_packet(lost())));
  const Buffer error6 = test::icmp_packet(unreachable6(test::tcp_packet(lost6())));
  for (const Buffer& packet :
       {test::gre(error), test::gre(error6, {.key = 5}), test::ip_in_ip(error),
        test::ip_in_ip(error6), test::vxlan(ethernet(error), 77), test::gue(error6, 0)}) {
    const Decoded d(ethernet(packet));
    expect_about_lost(d);
    EXPECT_NE(error_in(d)->quoted.tunnel, 0u);
    EXPECT_EQ(error_in(d)->quoted.tunnel, d->tunnel);
  }
}

// A router on the tunnel's way drops the tunnel's packet; those who sent what is in it may not
// care.
TEST(IcmpError, AboutATunnelIsNotAboutWhatIsInIt) {
  const Buffer inner = test::tcp_packet(lost());
  expect_no_error(test::icmp(unreachable(test::gre(inner))), "GRE");
  expect_no_error(test::icmp(unreachable(test::ip_in_ip(inner))), "IP in IP");
  expect_no_error(test::icmp(unreachable(test::vxlan(test::tcp(lost()), 7))), "VXLAN");
}

// RFC 4884: the quote is padded to 128 bytes, and what follows it says more of the error, here the
// MPLS label stack (RFC 4950).
TEST(IcmpError, AnExtensionAfterTheQuoteChangesNothing) {
  Buffer quote = first(test::tcp_packet(lost()), kIpv4Len + 8);
  quote.resize(128);
  IcmpSpec spec = unreachable(concat(quote, hex("20 00 0000 0008 01 01 00010140")));
  spec.type = 11;
  spec.code = 0;
  spec.rest = 128 / 4 << 16;
  const Decoded d(test::icmp(spec));
  expect_about_lost(d);
  EXPECT_EQ(error_in(d)->type, 11);
  Buffer quote6 = first(test::tcp_packet(lost6()), kIpv6Len + 8);
  quote6.resize(128);
  IcmpSpec spec6 = unreachable6(concat(quote6, hex("20 00 0000 0008 01 01 00010140")));
  spec6.rest = 128u / 8 << 24;
  expect_about_lost(Decoded(test::icmp(spec6)));
}

TEST(IcmpError, ThatCameInFragmentsIsPutTogether) {
  TcpSpec sent = lost();
  sent.payload_len = 500;
  const Buffer error = test::icmp_packet(unreachable(test::tcp_packet(sent)));
  const auto parts = test::fragments(error, 24);
  ASSERT_GT(parts.size(), 2u);
  std::vector<Buffer> frames;
  frames.reserve(parts.size());
  for (const Buffer& part : parts) frames.push_back(ethernet(part));
  Decoder decoder;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const capture::Frame frame = test::frame_of(frames[i], {}, i + 1);
    Packet packet;
    decoder.decode(frame, packet);
    const auto found = icmp_error_of(packet, frame);
    ASSERT_EQ(found.has_value(), i + 1 == frames.size()) << i;
    if (!found) continue;
    EXPECT_EQ(found->quoted.seq, 0xfedcba98u);
    EXPECT_EQ(found->quoted.frame, frames.size());
  }
}

TEST(IcmpError, TooShortForItsOwnHeaderIsNone) {
  const Buffer message = concat(hex("0301 0000 00000000"), test::tcp_packet(lost()));
  for (std::size_t n = 0; n <= 8; ++n) {
    expect_no_error(ethernet(test::ip_packet(first(message, n), 1)), "ICMP header");
  }
  expect_about_lost(Decoded(ethernet(test::ip_packet(message, 1))));
}

}  // namespace
}  // namespace tapstat::decode
