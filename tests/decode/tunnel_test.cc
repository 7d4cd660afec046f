// Every tunnel around the same TCP packet, and the table that numbers them.
#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <optional>
#include <utility>

#include "decode/tunnel_table.h"
#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::concat;
using test::Decoded;
using test::ethernet;
using test::hex;
using test::in_udp;
using test::IpSpec;

Buffer packet4() { return test::tcp_packet({.seq = 4, .payload_len = 9}); }
Buffer packet6() {
  return test::tcp_packet({.src = "2001:db8::1", .dst = "2001:db8::2", .seq = 6, .payload_len = 9});
}
Buffer inner_frame() { return test::tcp({.seq = 4, .payload_len = 9}); }
IpSpec outer6() { return {.src = "2001:db8:ffff::1", .dst = "2001:db8:ffff::2"}; }

struct Hop {
  TunnelKind kind;
  std::optional<std::uint32_t> id{};
};

void expect_tunnel(const Buffer& frame, const Hop& hop) {
  const Decoded d(frame);
  ASSERT_EQ(d->content, Content::tcp);
  EXPECT_EQ(d->segment.payload_len, 9u);
  ASSERT_EQ(d.tunnel().size(), 1u);
  EXPECT_EQ(d.tunnel()[0].kind, hop.kind);
  EXPECT_EQ(d.tunnel()[0].has_id, hop.id.has_value());
  EXPECT_EQ(d.tunnel()[0].id, hop.id.value_or(0));
  EXPECT_EQ(d->segment.tunnel, d->tunnel);
}

TEST(Tunnel, IpInIp) {
  expect_tunnel(ethernet(test::ip_in_ip(packet4())), {TunnelKind::ipip});
  expect_tunnel(ethernet(test::ip_in_ip(packet6())), {TunnelKind::sixin4});
  expect_tunnel(ethernet(test::ip_in_ip(packet4(), outer6())), {TunnelKind::fourin6});
  expect_tunnel(ethernet(test::ip_in_ip(packet6(), outer6())), {TunnelKind::ip6ip6});
}

TEST(Tunnel, HopHasTheOuterAddresses) {
  const Decoded d(ethernet(test::ip_in_ip(packet6())));
  EXPECT_EQ(Buffer(d.tunnel()[0].outer_src.begin(), d.tunnel()[0].outer_src.end()),
            test::ip_bytes("::ffff:192.0.2.1"));
  EXPECT_EQ(Buffer(d.tunnel()[0].outer_dst.begin(), d.tunnel()[0].outer_dst.end()),
            test::ip_bytes("::ffff:192.0.2.2"));
  EXPECT_EQ(d->ip_version, 6);
  const Decoded d6(ethernet(test::ip_in_ip(packet4(), outer6())));
  EXPECT_EQ(Buffer(d6.tunnel()[0].outer_src.begin(), d6.tunnel()[0].outer_src.end()),
            test::ip_bytes(outer6().src));
}

TEST(Tunnel, Gre) {
  expect_tunnel(ethernet(test::gre(packet4())), {TunnelKind::gre});
  expect_tunnel(ethernet(test::gre(packet6(), {.checksum = true, .key = 5, .sequence = 1})),
                {TunnelKind::gre, 5});
  expect_tunnel(ethernet(test::gre_frame(inner_frame(), {.key = 7}, outer6())),
                {TunnelKind::gre, 7});
  const Buffer ppp = concat(hex("ff03 0021"), packet4());
  expect_tunnel(
      ethernet(test::ip_packet(concat(hex("3081 880b 0035 0042 00000001 00000002"), ppp), 47)),
      {TunnelKind::gre, 0x42});
  expect_tunnel(ethernet(in_udp(concat(hex("0000 0800"), packet4()), 50000, 4754)),
                {TunnelKind::gre});
}

TEST(Tunnel, Erspan) {
  expect_tunnel(ethernet(test::erspan(inner_frame(), 1, 0)), {TunnelKind::erspan});
  expect_tunnel(ethernet(test::erspan(inner_frame(), 2, 77)), {TunnelKind::erspan, 77});
  expect_tunnel(ethernet(test::erspan(inner_frame(), 3, 78)), {TunnelKind::erspan, 78});
  const Buffer ip = concat(hex("2000 0005 00000000 0000 0800"), packet4());
  expect_tunnel(ethernet(test::gre_protocol(ip, 0x22eb, {.sequence = 1})), {TunnelKind::erspan, 5});
  const Buffer platform =
      concat(hex("2000 0005 00000000 0000 0001 0000000000000000"), inner_frame());
  expect_tunnel(ethernet(test::gre_protocol(platform, 0x22eb, {.sequence = 1})),
                {TunnelKind::erspan, 5});
}

TEST(Tunnel, OverUdp) {
  expect_tunnel(ethernet(test::vxlan(inner_frame(), 77)), {TunnelKind::vxlan, 77});
  expect_tunnel(ethernet(test::vxlan(test::tcp({.payload_len = 9, .vlan = {4}}), 77, outer6())),
                {TunnelKind::vxlan, 77});
  const Buffer vxlan = concat(hex("08000000 00000500"), inner_frame());
  expect_tunnel(ethernet(in_udp(vxlan, 50000, 8472)), {TunnelKind::vxlan, 5});
  expect_tunnel(ethernet(in_udp(vxlan, 4789, 50000)), {TunnelKind::vxlan, 5});
  expect_tunnel(ethernet(test::geneve(inner_frame(), 78)), {TunnelKind::geneve, 78});
  expect_tunnel(ethernet(test::geneve(inner_frame(), 78, {}, hex("0102 80 01 01020304"))),
                {TunnelKind::geneve, 78});
  expect_tunnel(ethernet(in_udp(concat(hex("00 00 86dd 00000900"), packet6()), 50000, 6081)),
                {TunnelKind::geneve, 9});
  for (const int variant : {0, 1}) {
    expect_tunnel(ethernet(test::gue(packet4(), variant)), {TunnelKind::gue});
    expect_tunnel(ethernet(test::gue(packet6(), variant)), {TunnelKind::gue});
  }
  expect_tunnel(ethernet(in_udp(concat(hex("30 ff 0031 00000011"), packet4()), 2152, 2152)),
                {TunnelKind::gtpu, 0x11});
  const Buffer extended = concat(hex("34 ff 0039 00000011 0000 00 85 01 1001 00"), packet4());
  expect_tunnel(ethernet(in_udp(extended, 2152, 2152)), {TunnelKind::gtpu, 0x11});
  expect_tunnel(ethernet(in_udp(concat(hex("0002 0001 0002 ff03 0021"), packet4()), 1701, 1701)),
                {TunnelKind::l2tp, 0x10002});
  expect_tunnel(ethernet(in_udp(packet6(), 50000, 3544)), {TunnelKind::teredo});
  const Buffer ayiya = concat(hex("41 52 01 29 00000000"), Buffer(16 + 20));
  expect_tunnel(ethernet(in_udp(concat(ayiya, packet6()), 50000, 5072)), {TunnelKind::other});
}

TEST(Tunnel, PortAloneIsNoTunnel) {
  for (const std::uint16_t port :
       std::to_array<std::uint16_t>({1701, 2152, 3544, 4754, 4789, 5072, 6080, 6081, 8472})) {
    const Decoded d(ethernet(in_udp(Buffer(64, 'a'), 53, port)));
    EXPECT_EQ(d->content, Content::udp) << port;
    EXPECT_EQ(d->tunnel, 0u) << port;
    const Decoded empty(ethernet(in_udp({}, port, 53)));
    EXPECT_EQ(empty->content, Content::udp) << port;
  }
}

TEST(Tunnel, InnerContentNeedNotBeTcp) {
  const Decoded arp(ethernet(test::vxlan(test::arp({}), 77)));
  EXPECT_EQ(arp->content, Content::arp);
  EXPECT_EQ(arp.tunnel().size(), 1u);
  const Decoded bpdu(ethernet(test::gre_frame(test::bpdu_frame(hex("00000000")))));
  EXPECT_EQ(bpdu->content, Content::bpdu);
}

TEST(Tunnel, MacsAndTagsAreTheInnermost) {
  const Buffer inner = test::tcp({.vlan = {4}});
  const Decoded d(ethernet(test::vxlan(inner, 77), {.vlan = {100}}));
  ASSERT_EQ(d->content, Content::tcp);
  EXPECT_EQ(d->macs, d.bytes().data() + d.bytes().size() - inner.size());
  ASSERT_EQ(d->vlans.size(), 2);
  EXPECT_EQ(d->vlans[0], 100);
  EXPECT_EQ(d->vlans[1], 4);
  const Decoded ipip(ethernet(test::ip_in_ip(packet4())));
  EXPECT_EQ(ipip->macs, ipip.bytes().data()) << "of the frame where the tunnel has none";
}

TEST(Tunnel, NestsUpToTheLimit) {
  Buffer packet = packet4();
  for (int i = 0; i < kMaxTunnels; ++i) packet = test::ip_in_ip(packet);
  const Decoded d(ethernet(packet));
  ASSERT_EQ(d->content, Content::tcp);
  EXPECT_EQ(d.tunnel().size(), static_cast<std::size_t>(kMaxTunnels));
  const Decoded deeper(ethernet(test::ip_in_ip(packet)));
  EXPECT_EQ(deeper->content, Content::none);
  EXPECT_EQ(deeper->stop.reason, StopReason::too_deep);
}

TEST(TunnelTable, SameTunnelsSameIdAndDirectionsDiffer) {
  TunnelTable table(1);
  const TunnelKey there{.src = {0, 1}, .dst = {0, 2}, .kind = TunnelKind::gre};
  TunnelKey back = there;
  std::swap(back.src, back.dst);
  EXPECT_EQ(table.intern({}), 0u);
  const TunnelId id = table.intern(std::span(&there, 1));
  EXPECT_NE(id, 0u);
  EXPECT_EQ(table.intern(std::span(&there, 1)), id);
  EXPECT_NE(table.intern(std::span(&back, 1)), id);
  TunnelHop hop{.kind = TunnelKind::gre};
  hop.outer_src[15] = 1;
  hop.outer_dst[15] = 2;
  EXPECT_EQ(table.hops(id), std::vector<TunnelHop>{hop});
  EXPECT_TRUE(table.hops(0).empty());
  EXPECT_TRUE(table.hops(12345).empty());
}

TEST(TunnelTable, EachPartTellsTunnelsApart) {
  const TunnelKey plain{.kind = TunnelKind::gre};
  std::array<TunnelKey, 8> keys;
  keys.fill(plain);
  keys[1].src.high = keys[2].src.low = keys[3].dst.high = keys[4].dst.low = 1;
  keys[5].has_id = true;
  keys[6].kind = TunnelKind::vxlan;
  keys[7].has_id = true;
  keys[7].id = 1;
  TunnelTable table(1);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      EXPECT_EQ(table.intern(std::span(keys).subspan(i, 1)), i + 1);
    }
  }
  const std::array twice = {plain, plain};
  EXPECT_EQ(table.intern(twice), keys.size() + 1);
  EXPECT_EQ(table.hops(static_cast<TunnelId>(keys.size() + 1)).size(), 2u);
}

[[nodiscard]] double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// Of any hash that adds up its words, each with a factor that everybody knows, a sender solves the
// equation. These are such factors.
TEST(TunnelTable, NobodyCanPrepareTunnelsThatCollide) {
  constexpr std::uint64_t kOfSource = 0xbf58476d1ce4e5b9u, kOfTarget = 0xff51afd7ed558ccdu;
  constexpr std::uint32_t kTunnels = 20'000;
  std::uint64_t inverse = kOfSource;  // modulo 2^64, by Newton's method
  for (int i = 0; i < 6; ++i) inverse *= 2 - kOfSource * inverse;
  ASSERT_EQ(inverse * kOfSource, 1u);
  const auto enter = [&](bool is_prepared) {
    TunnelTable table(42);
    const double begun = processor_seconds();
    for (std::uint64_t i = 1; i <= kTunnels; ++i) {
      const std::uint64_t source = is_prepared ? ~(i * kOfTarget * inverse) + 1 : i;
      const TunnelKey key{.src = {1, source}, .dst = {2, i}, .kind = TunnelKind::gre};
      EXPECT_EQ(table.intern(std::span(&key, 1)), i);
    }
    return processor_seconds() - begun;
  };
  const double usual = enter(false);
  EXPECT_LT(enter(true), 10 * usual + 0.05);
}

TEST(TunnelTable, IsBounded) {
  TunnelTable table(1);
  TunnelKey key{.kind = TunnelKind::vxlan, .has_id = true};
  TunnelId last = 0;
  for (std::uint32_t vni = 0; vni < kMaxTunnelIds + 100; ++vni) {
    key.id = vni;
    last = table.intern(std::span(&key, 1));
    ASSERT_LE(last, kMaxTunnelIds);
  }
  EXPECT_EQ(table.hops(last), std::vector<TunnelHop>{TunnelHop{}});
  for (const std::size_t vni : {kMaxTunnelIds + 99, kMaxTunnelIds + 83}) {
    key.id = static_cast<std::uint32_t>(vni);
    EXPECT_EQ(table.intern(std::span(&key, 1)), kMaxTunnelIds) << vni;
  }
  key.id = 5;
  const TunnelHop hop{
      .kind = TunnelKind::vxlan, .outer_src = {}, .outer_dst = {}, .has_id = true, .id = 5};
  EXPECT_EQ(table.hops(table.intern(std::span(&key, 1))), std::vector<TunnelHop>{hop});
}

}  // namespace
}  // namespace tapstat::decode
