#include "decode/outer_header.h"

#include <gtest/gtest.h>

#include "tests/support/packet_builder.h"

namespace tapstat::decode {
namespace {

using capture::LinkType;
using test::Buffer;
using test::concat;
using test::frame_of;

[[nodiscard]] Buffer bytes_of(const MacAddress& mac) { return {mac.begin(), mac.end()}; }

TEST(OuterHeader, HasAddressesTagsAndIp) {
  const Buffer frame = test::tcp({.ttl = 63, .vlan = {100, 7}});
  const auto header = outer_header(frame_of(frame));
  ASSERT_TRUE(header && header->destination);
  EXPECT_EQ(bytes_of(header->source), test::mac_bytes("02:00:00:00:00:01"));
  EXPECT_EQ(bytes_of(*header->destination), test::mac_bytes("02:00:00:00:00:02"));
  EXPECT_EQ(header->vlans.size(), 2);
  EXPECT_EQ(header->ip_version, 4);
  EXPECT_EQ(header->ttl, 63);
}

TEST(OuterHeader, IsThatAroundATunnel) {
  const Buffer frame = test::ethernet(test::vxlan(test::tcp({}), 5, {.src = "192.0.2.1"}),
                                      {.src_mac = "02:00:00:00:00:aa"});
  const auto header = outer_header(frame_of(frame));
  ASSERT_TRUE(header);
  EXPECT_EQ(bytes_of(header->source), test::mac_bytes("02:00:00:00:00:aa"));
  EXPECT_EQ(header->ip_src[0], 192);
}

TEST(OuterHeader, WhatIsNoIpHasAddressesOnly) {
  const Buffer frame = test::arp({});
  const auto header = outer_header(frame_of(frame));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->ip_version, 0);
}

// LINKTYPE_LINUX_SLL: packet type, ARPHRD_, address length, address, protocol.
TEST(OuterHeader, OfLinuxCookedHasASource) {
  const Buffer ip = test::tcp_packet({});
  const Buffer sll = concat(test::hex("0000 0001 0006 0200000000aa 0000 0800"), ip);
  const auto header = outer_header(frame_of(sll, {}, 1, LinkType::linux_sll));
  ASSERT_TRUE(header);
  EXPECT_EQ(bytes_of(header->source), test::mac_bytes("02:00:00:00:00:aa"));
  EXPECT_FALSE(header->destination);
  EXPECT_EQ(header->ip_version, 4);
  const Buffer loopback = concat(test::hex("0000 0304 0006 000000000000 0000 0800"), ip);
  EXPECT_FALSE(outer_header(frame_of(loopback, {}, 1, LinkType::linux_sll)));
}

// IEEE 802.11 table 9-30: to the distribution system, from it, between its parts.
TEST(OuterHeader, Of80211DependsOnTheDistributionSystem) {
  const auto ends = [](std::string_view control) {
    const Buffer frame = test::hex(std::string{control} +
                                   "0000 0200000000a1 0200000000a2 0200000000a3 0000 0200000000a4");
    const auto header = outer_header(frame_of(frame, {}, 1, LinkType::ieee802_11));
    return header ? std::pair{header->source[5], (*header->destination)[5]}
                  : std::pair<std::uint8_t, std::uint8_t>{};
  };
  using Ends = std::pair<std::uint8_t, std::uint8_t>;
  EXPECT_EQ(ends("0800"), (Ends{0xa2, 0xa1}));
  EXPECT_EQ(ends("0801"), (Ends{0xa2, 0xa3}));
  EXPECT_EQ(ends("0802"), (Ends{0xa3, 0xa1}));
  EXPECT_EQ(ends("0803"), (Ends{0xa4, 0xa3}));
  EXPECT_EQ(ends("8000"), (Ends{0xa2, 0xa1}));  // a beacon
  EXPECT_EQ(ends("d400"), (Ends{0, 0}));        // an acknowledgement
}

TEST(OuterHeader, EveryPrefixIsRead) {
  const Buffer frame = test::tcp({.vlan = {1, 2}});
  for (std::uint32_t size = 0; size <= frame.size(); ++size) {
    const Buffer part(frame.begin(), frame.begin() + size);
    EXPECT_EQ(outer_header(frame_of(part)).has_value(), size >= 14);
  }
}

}  // namespace
}  // namespace tapstat::decode
