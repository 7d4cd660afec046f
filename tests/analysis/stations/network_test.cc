#include "analysis/stations/network.h"

#include <gtest/gtest.h>

#include "analysis/stations/address_kinds.h"
#include "analysis/stations/hops.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis::stations {
namespace {

[[nodiscard]] IpAddress ip(std::string_view text) {
  const auto bytes = test::ip_bytes(text);
  return IpAddress::from_wire(bytes.data(), bytes.size() == 4 ? 4 : 6);
}

TEST(Network, HasTheAddressesThatBeginAsItDoes) {
  const Network v4(ip("192.0.2.77"), 26);
  EXPECT_EQ(v4.address(), ip("192.0.2.64"));
  EXPECT_TRUE(v4.contains(ip("192.0.2.127")));
  EXPECT_FALSE(v4.contains(ip("192.0.2.128")));
  EXPECT_FALSE(v4.contains(ip("2001:db8::1")));
  const Network v6(ip("2001:db8:1:2::9"), 64);
  EXPECT_EQ(v6.address(), ip("2001:db8:1:2::"));
  EXPECT_TRUE(v6.contains(ip("2001:db8:1:2:ffff::")));
  EXPECT_FALSE(v6.contains(ip("2001:db8:1:3::")));
  EXPECT_TRUE(Network(ip("10.0.0.0"), 8).contains(Network(ip("10.1.0.0"), 16)));
  EXPECT_FALSE(Network(ip("10.1.0.0"), 16).contains(Network(ip("10.0.0.0"), 8)));
}

TEST(Network, EverythingIsOfOneFamily) {
  EXPECT_TRUE(Network::everything(true).contains(ip("198.51.100.1")));
  EXPECT_FALSE(Network::everything(true).contains(ip("2001:db8::1")));
  EXPECT_FALSE(Network::everything(false).is_v4());
}

TEST(Network, AroundTwoIsTheLongestCommonPrefix) {
  const auto around = [](std::string_view a, std::string_view b) {
    return Network::around(Network(ip(a), 128), Network(ip(b), 128));
  };
  EXPECT_EQ(around("192.0.2.8", "192.0.2.11"), Network(ip("192.0.2.8"), 30));
  EXPECT_EQ(around("192.0.2.8", "192.0.2.8").length(), 32u);
  EXPECT_EQ(around("2001:db8::1", "2001:db8::2"), Network(ip("2001:db8::"), 126));
}

TEST(AddressKinds, AreThoseOfTheRegistries) {
  for (const auto* none :
       {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1"}) {
    EXPECT_FALSE(is_host_address(ip(none))) << none;
  }
  for (const auto* local : {"169.254.1.1", "fe80::1"}) {
    EXPECT_TRUE(is_host_address(ip(local))) << local;
    EXPECT_FALSE(is_routable(ip(local))) << local;
  }
  for (const auto* own : {"10.1.1.1", "172.31.0.1", "192.168.0.1", "100.64.0.1", "fd00::1"}) {
    EXPECT_TRUE(is_routable(ip(own))) << own;
    EXPECT_FALSE(is_public(ip(own))) << own;
  }
  for (const auto* other : {"8.8.8.8", "172.32.0.1", "2001:4860::1"}) {
    EXPECT_TRUE(is_public(ip(other))) << other;
  }
}

TEST(Hops, AreCountedFromTheUsualBeginnings) {
  EXPECT_EQ(hops_of(64), 0u);
  EXPECT_EQ(hops_of(63), 1u);
  EXPECT_EQ(hops_of(117), 11u);
  EXPECT_EQ(hops_of(255), 0u);
  EXPECT_EQ(hops_of(1), std::nullopt);    // for neighbours, or a traceroute
  EXPECT_EQ(hops_of(200), std::nullopt);  // no path is that long
}

}  // namespace
}  // namespace tapstat::analysis::stations
