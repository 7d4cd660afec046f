// VRRP adverts octet by octet, and what no router takes.
#include "decode/vrrp.h"

#include <gtest/gtest.h>

#include "tests/decode/decoded.h"
#include "tests/support/vrrp_message.h"

namespace tapstat::decode {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Buffer;
using test::Decoded;
using test::VrrpSpec;

[[nodiscard]] bool is_taken(const VrrpSpec& spec) {
  const Decoded d(test::vrrp(spec));
  return vrrp_advert(*d).has_value();
}

TEST(Vrrp, Version2HasEveryField) {
  const Decoded d(test::vrrp({.vrid = 247,
                              .priority = 150,
                              .interval = 2,
                              .addresses = {"10.0.0.100", "10.0.0.101"},
                              .auth_type = 1}));
  const auto advert = vrrp_advert(*d);
  ASSERT_TRUE(advert);
  EXPECT_EQ(advert->version, 2);
  EXPECT_EQ(advert->vrid, 247);
  EXPECT_EQ(advert->priority, 150);
  EXPECT_EQ(advert->count, 2);
  EXPECT_EQ(advert->ip_version, 4);
  EXPECT_EQ(advert->auth_type, 1);
  EXPECT_EQ(advert->interval, seconds{2});
  EXPECT_EQ(Buffer(advert->addresses.begin(), advert->addresses.end()),
            test::hex("0a000064 0a000065"));
}

// As keepalived sends it, whose checksum is another tool's.
TEST(Vrrp, ARealAdvertIsTaken) {
  const Buffer packet = test::hex(
      "45c0 0028 0006 0000 ff70 9e81 cb00710b e0000012"
      "21f7 9601 0001 0bdd cb007128 0000000000000000");
  const Decoded d(test::ethernet(packet));
  const auto advert = vrrp_advert(*d);
  ASSERT_TRUE(advert);
  EXPECT_EQ(advert->vrid, 247);
  EXPECT_EQ(advert->priority, 150);
}

TEST(Vrrp, Version3CountsInHundredthsOfASecond) {
  const Decoded d(test::vrrp({.version = 3, .interval = 25}));
  const auto advert = vrrp_advert(*d);
  ASSERT_TRUE(advert);
  EXPECT_EQ(advert->interval, milliseconds{250});
  EXPECT_FALSE(advert->auth_type);
}

TEST(Vrrp, Version3OverIpv4HasEitherChecksum) {
  EXPECT_TRUE(is_taken({.version = 3, .with_pseudo_header = false}));
  EXPECT_TRUE(is_taken({.version = 3, .with_pseudo_header = true}));
  EXPECT_FALSE(is_taken({.version = 2, .with_pseudo_header = true}));
}

TEST(Vrrp, Version3OverIpv6) {
  const Decoded d(test::vrrp(
      {.version = 3, .interval = 100, .addresses = {"fe80::100", "fd00::1"}, .src = "fe80::1"}));
  const auto advert = vrrp_advert(*d);
  ASSERT_TRUE(advert);
  EXPECT_EQ(advert->ip_version, 6);
  EXPECT_EQ(advert->addresses.size(), 32u);
  EXPECT_FALSE(is_taken({.version = 2, .addresses = {"fd00::1"}, .src = "fe80::1"}));
}

TEST(Vrrp, WhatNoRouterTakesIsNone) {
  EXPECT_FALSE(is_taken({.ttl = 254}));
  EXPECT_FALSE(is_taken({.vrid = 0}));
  EXPECT_FALSE(is_taken({.version = 4}));
  Buffer wrong = test::vrrp_message({});
  wrong[7] ^= 1;
  EXPECT_FALSE(vrrp_advert(*Decoded(test::vrrp_frame({}, wrong))));
  Buffer other_type = test::vrrp_message({});
  other_type[0] = 0x22;
  EXPECT_FALSE(vrrp_advert(*Decoded(test::vrrp_frame({}, other_type))));
}

TEST(Vrrp, MoreAddressesThanThereAreIsNone) {
  Buffer message = test::vrrp_message({});
  message[3] = 2;
  message[6] = message[7] = 0;
  const std::uint16_t checksum = test::internet_checksum(message);
  message[6] = static_cast<std::uint8_t>(checksum >> 8);
  message[7] = static_cast<std::uint8_t>(checksum);
  EXPECT_FALSE(vrrp_advert(*Decoded(test::vrrp_frame({}, message))));
}

// OpenBSD's struct carp_header: 36 octets, the fourth is a length of 7.
TEST(Vrrp, CarpIsNone) {
  Buffer carp = test::hex("21 01 00 07 00 01 0000");
  carp.resize(36);
  const std::uint16_t checksum = test::internet_checksum(carp);
  carp[6] = static_cast<std::uint8_t>(checksum >> 8);
  carp[7] = static_cast<std::uint8_t>(checksum);
  EXPECT_FALSE(vrrp_advert(*Decoded(test::vrrp_frame({}, carp))));
}

TEST(Vrrp, ACutAdvertHasTheAddressesThatAreThere) {
  const Buffer whole = test::vrrp({.addresses = {"10.0.0.100", "10.0.0.101"}});
  const auto wire_len = static_cast<std::uint32_t>(whole.size());
  for (std::size_t kept = 14 + 20 + 8; kept < whole.size(); ++kept) {
    const Buffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept));
    const Decoded d(cut, capture::LinkType::ethernet, wire_len);
    const auto advert = vrrp_advert(*d);
    ASSERT_TRUE(advert) << kept;
    EXPECT_EQ(advert->addresses.size() % 4, 0u);
    EXPECT_LE(advert->addresses.size(), 8u);
  }
}

}  // namespace
}  // namespace tapstat::decode
