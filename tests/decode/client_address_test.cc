// Client addresses that are carried along: TOA, PROXY and UOA, and what only looks like them.
#include "decode/client_address.h"

#include <gtest/gtest.h>

#include <string>

#include "decode/bytes.h"
#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::concat;
using test::Decoded;
using test::hex;

[[nodiscard]] CarriedSocket socket(std::string_view address, std::uint16_t port) {
  const Buffer bytes = test::ip_bytes(address);
  CarriedSocket out{.port = port,
                    .ip_version = static_cast<std::uint8_t>(bytes.size() == 4 ? 4 : 6)};
  std::copy(bytes.begin(), bytes.end(), out.address.begin());
  return out;
}

[[nodiscard]] std::optional<ClientAddress> toa(const Buffer& options, const ToaKinds& kinds = {},
                                               bool with_timestamps = false) {
  test::TcpSpec spec{.options = options};
  if (with_timestamps) spec.timestamps = test::TcpTimestamps{1, 2};
  const Decoded d(test::tcp(spec));
  return toa_of(d->segment, kinds);
}

const std::string kV4 = " 9c40 c6336407";  // 40000, 198.51.100.7
const std::string kV6 = " 9c40 20010db8000000000000000000000007";

TEST(Toa, Ipv4) {
  for (const std::string kind : {"fe08", "c808"}) {
    const auto found = toa(hex(kind + kV4));
    ASSERT_TRUE(found) << kind;
    EXPECT_EQ(found->carrier, AddressCarrier::toa);
    EXPECT_EQ(found->option_kind, hex(kind)[0]);
    EXPECT_EQ(found->client, socket("198.51.100.7", 40000));
    EXPECT_EQ(found->service.ip_version, 0);
    EXPECT_EQ(found->header_len, 0u);
  }
}

TEST(Toa, Ipv6HasTwoKinds) {
  for (const std::string kind : {"fe14", "fd14"}) {
    const auto found = toa(hex(kind + kV6));
    ASSERT_TRUE(found) << kind;
    EXPECT_EQ(found->client, socket("2001:db8::7", 40000));
  }
}

TEST(Toa, AMappedAddressIsIpv4) {
  const auto found = toa(hex("fd14 9c40 00000000000000000000ffffc6336407"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->client, socket("198.51.100.7", 40000));
}

TEST(Toa, VtoaNamesTheServiceToo) {
  const auto v4 = toa(hex("fc14" + kV4 + "00000005 c0000250 0050 0000"));
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->client, socket("198.51.100.7", 40000));
  EXPECT_EQ(v4->service, socket("192.0.2.80", 80));
  const auto v6 = toa(hex("f928" + kV6 + "00000005 20010db8000000000000000000000080"));
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->client, socket("2001:db8::7", 40000));
  EXPECT_EQ(v6->service, socket("2001:db8::80", 0));
  const auto both = toa(hex("fe08" + kV4 + "fa08 0050 c0000250"));
  ASSERT_TRUE(both);
  EXPECT_EQ(both->option_kind, 254);
  EXPECT_EQ(both->client, socket("198.51.100.7", 40000));
  EXPECT_EQ(both->service, socket("192.0.2.80", 80));
}

TEST(Toa, Kind28HasNoPort) {
  const auto found = toa(hex("1c07 01 c6336407"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->client, socket("198.51.100.7", 0));
}

TEST(Toa, IsFoundBesideOtherOptions) {
  EXPECT_TRUE(toa(hex("fe08" + kV4), {}, true));
  EXPECT_TRUE(toa(hex("fe08" + kV4 + "020405b4")));
  EXPECT_FALSE(toa({}));
  EXPECT_FALSE(toa({}, {}, true));
}

TEST(Toa, TheKindIsASetting) {
  const std::array<std::uint8_t, 1> kinds = {77};
  EXPECT_TRUE(toa(hex("4d08" + kV4), ToaKinds(kinds)));
  EXPECT_TRUE(toa(hex("4d14" + kV6), ToaKinds(kinds)));
  EXPECT_FALSE(toa(hex("4d09" + kV4 + "00"), ToaKinds(kinds)));
  EXPECT_FALSE(toa(hex("4d08" + kV4)));
  EXPECT_FALSE(toa(hex("fe08" + kV4), ToaKinds(kinds)));
}

TEST(Toa, WhatOnlyLooksLikeItIsNone) {
  EXPECT_FALSE(toa(hex("fe08 f989 01020304")));                          // TCP Fast Open
  EXPECT_FALSE(toa(hex("fd14 f989 0102030405060708090a0b0c0d0e0f10")));  // the same
  EXPECT_FALSE(toa(hex("fe09" + kV4 + "00")));                           // another length
  EXPECT_FALSE(toa(hex("fd08" + kV4)));                                  // likewise, of its kind
  EXPECT_FALSE(toa(hex("fe08 0000 c6336407")));                          // no port
  for (const std::string address : {"00000001", "7f000001", "e0000001", "ffffffff"}) {
    EXPECT_FALSE(toa(hex("fe08 9c40" + address))) << address;
  }
  EXPECT_FALSE(toa(hex("fd14 9c40 00000000000000000000000000000001")));
  EXPECT_FALSE(toa(hex("fd14 9c40 ff020000000000000000000000000001")));
}

[[nodiscard]] std::optional<ClientAddress> proxy(const std::string& text) {
  return proxy_header_of(Buffer(text.begin(), text.end()));
}

TEST(ProxyHeader, Version1) {
  const auto found = proxy("PROXY TCP4 198.51.100.7 192.0.2.80 40000 80\r\nGET / HTTP/1.1\r\n");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->carrier, AddressCarrier::proxy_v1);
  EXPECT_EQ(found->client, socket("198.51.100.7", 40000));
  EXPECT_EQ(found->service, socket("192.0.2.80", 80));
  EXPECT_EQ(found->header_len, 45u);
  const auto v6 = proxy("PROXY TCP6 2001:db8::7 2001:db8::80 40000 80\r\n");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->client, socket("2001:db8::7", 40000));
}

TEST(ProxyHeader, OfAnUnknownConnectionHasOnlyALength) {
  const auto found = proxy("PROXY UNKNOWN ffff::1 whatever\r\nx");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->client.ip_version, 0);
  EXPECT_EQ(found->header_len, 32u);
  EXPECT_EQ(proxy("PROXY UNKNOWN\r\n")->header_len, 15u);
}

TEST(ProxyHeader, Version1IsStrict) {
  for (const std::string wrong :
       {"PROXY TCP4 198.51.100.7 192.0.2.80 40000 80\n", "PROXY TCP4 198.51.100.7 192.0.2.80 4",
        "PROXY TCP4 198.51.100.7 192.0.2.80 40000 65536\r\n",
        "PROXY TCP4 198.51.100.7 192.0.2.80 040 80\r\n",
        "PROXY TCP4 198.51.100.7 192.0.2.80 +40 80\r\n",
        "PROXY TCP4 198.51.100.7 192.0.2.80 40000\r\n",
        "PROXY TCP4 198.51.100.7 192.0.2.80 40000 80 1\r\n",
        "PROXY TCP4  198.51.100.7 192.0.2.80 40000 80\r\n",
        "PROXY TCP4 2001:db8::7 192.0.2.80 40000 80\r\n",
        "PROXY TCP6 198.51.100.7 192.0.2.80 40000 80\r\n",
        "PROXY UDP4 198.51.100.7 192.0.2.80 40000 80\r\n", "PROXY\r\n", "GET / HTTP/1.1\r\n", ""}) {
    EXPECT_FALSE(proxy(wrong)) << wrong;
  }
  EXPECT_FALSE(proxy(std::string("PROXY TCP4 198.51.100.7\0x 192.0.2.80 40000 80\r\n", 47)));
  EXPECT_FALSE(proxy("PROXY UNKNOWN " + std::string(107, 'x') + "\r\n"));
}

const std::string kSignature = "0d0a0d0a000d0a515549540a";

TEST(ProxyHeader, Version2) {
  const Buffer header = hex(kSignature + "21 11 000f c6336407 c0000250 9c40 0050 030000");
  const auto found = proxy_header_of(concat(header, {'x'}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->carrier, AddressCarrier::proxy_v2);
  EXPECT_EQ(found->client, socket("198.51.100.7", 40000));
  EXPECT_EQ(found->service, socket("192.0.2.80", 80));
  EXPECT_EQ(found->header_len, 31u);
  const auto v6 = proxy_header_of(hex(kSignature + "21 22 0024 20010db8000000000000000000000007"
                                                   "20010db8000000000000000000000080 9c40 0050"));
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->client, socket("2001:db8::7", 40000));
  EXPECT_EQ(v6->header_len, 52u);
}

TEST(ProxyHeader, Version2WithoutAnAddressHasALength) {
  for (const std::string head : {"20 00 0000", "20 11 000c", "21 00 0004", "21 31 00d8"}) {
    const auto found = proxy_header_of(hex(kSignature + head + "c6336407 c0000250 9c40 0050"));
    ASSERT_TRUE(found) << head;
    EXPECT_EQ(found->client.ip_version, 0);
    EXPECT_EQ(found->header_len, 16u + be16(hex(head), 2));
  }
}

TEST(ProxyHeader, Version2IsStrict) {
  const std::string addresses = "c6336407 c0000250 9c40 0050";
  for (const std::string head :
       {"11 11 000c", "22 11 000c", "21 41 000c", "21 13 000c", "21 11 000b", "21 21 000c"}) {
    EXPECT_FALSE(proxy_header_of(concat(hex(kSignature + head), hex(addresses)))) << head;
  }
  const Buffer whole = hex(kSignature + "21 11 000c" + addresses);
  for (std::size_t kept = 0; kept < whole.size(); ++kept) {
    EXPECT_FALSE(proxy_header_of(Bytes(whole).first(kept))) << kept;
  }
}

const Buffer kUoaV4 = hex("1f08" + kV4);

[[nodiscard]] Buffer uoa_packet(const Buffer& header, const test::IpSpec& ip = {}) {
  const Buffer whole = test::udp_packet({.src = ip.src, .dst = ip.dst, .payload = {1, 2, 3}});
  const Buffer datagram(whole.end() - 11, whole.end());
  return test::ethernet(test::ip_packet(concat(header, datagram), 248, ip));
}

TEST(Uoa, IsAnOptionOfIpv4) {
  const Buffer whole = test::udp_packet({.payload = {1, 2, 3}});
  const Buffer datagram(whole.end() - 11, whole.end());
  const Buffer options = concat({1, 1, 1, 1}, kUoaV4);
  const Decoded d(test::ethernet(test::ip_packet(datagram, 17, {.options = options})));
  const auto found = uoa_of(*d);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->carrier, AddressCarrier::uoa_option);
  EXPECT_EQ(found->client, socket("198.51.100.7", 40000));
  EXPECT_FALSE(uoa_of(*Decoded(test::udp({}))));
}

TEST(Uoa, ItsOwnHeaderIsReadOver) {
  const Decoded d(uoa_packet(concat(hex("10 11 000c"), kUoaV4)));
  ASSERT_EQ(d->content, Content::udp);
  EXPECT_EQ(d->stop.reason, StopReason::done);
  EXPECT_EQ(d->ip_protocol, 17);
  EXPECT_EQ(d->body_len, 11u);
  const auto found = uoa_of(*d);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->carrier, AddressCarrier::uoa_header);
  EXPECT_EQ(found->client, socket("198.51.100.7", 40000));
}

TEST(Uoa, ItsOwnHeaderOverIpv6) {
  const Decoded d(uoa_packet(concat(hex("20 11 0018"), hex("1f14" + kV6)),
                             {.src = "fd00::1", .dst = "fd00::2"}));
  ASSERT_EQ(d->content, Content::udp);
  ASSERT_TRUE(uoa_of(*d));
  EXPECT_EQ(uoa_of(*d)->client, socket("2001:db8::7", 40000));
}

TEST(Uoa, WhatElseHasThatProtocolNumberIsLeftAlone) {
  for (const std::string head :
       {"30 11 000c", "11 11 000c", "10 06 000c", "10 11 0003", "10 11 0030", "10 11 0fff"}) {
    const Decoded d(uoa_packet(concat(hex(head), kUoaV4)));
    EXPECT_EQ(d->content, Content::ip_other) << head;
    EXPECT_EQ(d->stop.reason, StopReason::done);
    EXPECT_FALSE(uoa_of(*d));
  }
}

TEST(Uoa, DamagedOptionsAreNone) {
  for (const std::string options : {"1f 09 9c40 c6336407", "1f 08 9c40 c63364", "1f 01", "1f"}) {
    const Buffer raw = hex(options);
    const auto len = static_cast<std::uint8_t>(4 + raw.size());
    const Decoded d(uoa_packet(concat({0x10, 17, 0, len}, raw)));
    ASSERT_EQ(d->content, Content::udp);
    EXPECT_FALSE(uoa_of(*d)) << options;
  }
}

}  // namespace
}  // namespace tapstat::decode
