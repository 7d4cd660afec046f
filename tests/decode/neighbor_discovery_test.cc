#include "decode/neighbor_discovery.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/decode/decoded.h"
#include "tests/support/nd_message.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::Decoded;
using test::hex;
using test::nd;
using test::NdSpec;

constexpr std::string_view kMac = "02:00:00:00:00:07";

Buffer mac_of(const std::uint8_t* bytes) {
  return bytes == nullptr ? Buffer{} : Buffer(bytes, bytes + 6);
}
Buffer ip_of(const std::uint8_t* bytes) { return {bytes, bytes + 16}; }

NdSpec advertisement() {
  return {.type = 136, .dst = "fe80::9", .flags = test::kNdSolicited, .target_link_layer = kMac};
}
NdSpec router_advertisement() {
  // Lifetimes of 1800 s (router) and of the reachable and retransmission times; then a prefix.
  return {
      .type = 134,
      .dst = "ff02::1",
      .target = "",
      .flags = 0x40000708,
      .options = hex("00000000 00000000"
                     "01 01 020000000007"
                     "05 01 0000 000005dc"
                     "03 04 40 c0 00000e10 00000708 00000000 20010db8000000010000000000000000")};
}
NdSpec redirect() {
  return {.type = 137,
          .dst = "2001:db8::1",
          .target = "fe80::2",
          .destination = "2001:db8:5::1",
          .target_link_layer = kMac};
}

void expect_refused(const NdSpec& spec, NdRefusal why) {
  const Decoded d(nd(spec));
  const auto message = NeighborDiscoveryView::parse(*d);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error(), why);
}
void expect_taken(const NdSpec& spec) {
  const Decoded d(nd(spec));
  EXPECT_TRUE(NeighborDiscoveryView::parse(*d));
}

TEST(NeighborDiscovery, SolicitationNamesItsTargetAndItsSender) {
  const Decoded d(nd({.source_link_layer = kMac}));
  const auto message = NeighborDiscoveryView::parse(*d);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type(), NdType::neighbor_solicitation);
  EXPECT_EQ(ip_of(message->target()), test::ip_bytes("fe80::2"));
  EXPECT_EQ(mac_of(message->link_layer_address(NdOption::source_link_layer)),
            test::mac_bytes(kMac));
  EXPECT_EQ(message->link_layer_address(NdOption::target_link_layer), nullptr);
  EXPECT_FALSE(message->is_dad_probe());
}

TEST(NeighborDiscovery, SolicitationWithoutSourceIsAProbe) {
  const Decoded d(nd({.src = "::"}));
  const auto message = NeighborDiscoveryView::parse(*d);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->is_dad_probe());
}

TEST(NeighborDiscovery, ProbeGoesToTheSolicitedNodeWithoutAnAddress) {
  expect_refused({.src = "::", .dst = "ff02::1"}, NdRefusal::destination);
  expect_refused({.src = "::", .source_link_layer = kMac}, NdRefusal::source);
}

TEST(NeighborDiscovery, AdvertisementHasFlags) {
  NdSpec spec = advertisement();
  spec.flags = test::kNdRouter | test::kNdOverride;
  const Decoded d(nd(spec));
  const auto message = NeighborDiscoveryView::parse(*d);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->is_router());
  EXPECT_FALSE(message->is_solicited());
  EXPECT_TRUE(message->overrides());
  EXPECT_EQ(mac_of(message->link_layer_address(NdOption::target_link_layer)),
            test::mac_bytes(kMac));
}

TEST(NeighborDiscovery, SolicitedAdvertisementGoesToOneHost) {
  NdSpec spec = advertisement();
  expect_taken(spec);
  spec.dst = "ff02::1";
  expect_refused(spec, NdRefusal::destination);
}

TEST(NeighborDiscovery, RouterAdvertisementHasLifetimeAndPrefixes) {
  const Decoded d(nd(router_advertisement()));
  const auto message = NeighborDiscoveryView::parse(*d);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->router_lifetime(), 1800);
  EXPECT_EQ(mac_of(message->link_layer_address(NdOption::source_link_layer)),
            test::mac_bytes(kMac));
  int prefixes = 0;
  message->for_each_prefix([&](const NdPrefix& prefix) {
    ++prefixes;
    EXPECT_EQ(ip_of(prefix.prefix), test::ip_bytes("2001:db8:0:1::"));
    EXPECT_EQ(prefix.length, 64);
    EXPECT_TRUE(prefix.on_link);
    EXPECT_TRUE(prefix.autonomous);
    EXPECT_EQ(prefix.valid_lifetime, 3600u);
  });
  EXPECT_EQ(prefixes, 1);
}

TEST(NeighborDiscovery, RouterSpeaksFromALinkLocalAddress) {
  NdSpec spec = router_advertisement();
  spec.src = "2001:db8::9";
  expect_refused(spec, NdRefusal::source);
  spec = redirect();
  spec.src = "2001:db8::9";
  expect_refused(spec, NdRefusal::source);
}

TEST(NeighborDiscovery, RouterSolicitationWithoutSourceHasNoAddress) {
  NdSpec spec{.type = 133, .src = "::", .dst = "ff02::2", .target = ""};
  expect_taken(spec);
  spec.source_link_layer = kMac;
  expect_refused(spec, NdRefusal::source);
}

TEST(NeighborDiscovery, RedirectPointsToARouterOrToTheHostItself) {
  NdSpec spec = redirect();
  {
    const Decoded d(nd(spec));
    const auto message = NeighborDiscoveryView::parse(*d);
    ASSERT_TRUE(message);
    EXPECT_EQ(ip_of(message->target()), test::ip_bytes("fe80::2"));
    EXPECT_EQ(ip_of(message->destination()), test::ip_bytes("2001:db8:5::1"));
  }
  spec.target = spec.destination;
  expect_taken(spec);
  spec.target = "2001:db8:5::2";
  expect_refused(spec, NdRefusal::target);
  spec = redirect();
  spec.destination = "ff05::1";
  expect_refused(spec, NdRefusal::destination);
}

TEST(NeighborDiscovery, RoutedMessagesAndOtherCodesAreRefused) {
  expect_refused({.hop_limit = 254}, NdRefusal::hop_limit);
  expect_refused({.code = 1}, NdRefusal::code);
}

TEST(NeighborDiscovery, TargetIsNoGroup) {
  expect_refused({.target = "ff02::1"}, NdRefusal::target);
  NdSpec spec = advertisement();
  spec.target = "ff02::1";
  expect_refused(spec, NdRefusal::target);
}

TEST(NeighborDiscovery, OptionsHaveALengthAndLieInside) {
  expect_refused({.options = hex("01 00 020000000007")}, NdRefusal::option_length);
  expect_refused({.options = hex("01 02 020000000007")}, NdRefusal::option_length);
  expect_refused({.options = hex("01")}, NdRefusal::option_length);
}

TEST(NeighborDiscovery, AddressOfAnotherLengthIsNoEthernetAddress) {
  const Decoded d(nd({.options = hex("01 02 020000000007 0000000000000000")}));
  const auto message = NeighborDiscoveryView::parse(*d);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->link_layer_address(NdOption::source_link_layer), nullptr);
}

TEST(NeighborDiscovery, ShorterThanItsTypeIsRefused) {
  expect_refused({.target = ""}, NdRefusal::too_short);
  expect_refused({.type = 134, .dst = "ff02::1", .target = ""}, NdRefusal::too_short);
  expect_refused({.type = 137, .dst = "fe80::9"}, NdRefusal::too_short);
}

// What the snap length cuts says nothing against the message.
TEST(NeighborDiscovery, CutMessageKeepsTheOptionsThereAre) {
  const Buffer whole = nd({.source_link_layer = kMac, .options = hex("0e 01 000000000000")});
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const Decoded d(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)),
                    capture::LinkType::ethernet, static_cast<std::uint32_t>(whole.size()));
    const auto message = NeighborDiscoveryView::parse(*d);
    constexpr std::size_t kUpToTarget = 14 + 40 + 24;
    ASSERT_EQ(message.has_value(), n >= kUpToTarget) << n;
    if (!message) continue;
    EXPECT_EQ(message->link_layer_address(NdOption::source_link_layer) != nullptr,
              n >= kUpToTarget + 8);
  }
}

TEST(NeighborDiscovery, OtherMessagesAreNone) {
  expect_refused({.type = 128, .target = ""}, NdRefusal::other_message);
  const Decoded v4(test::icmp({.type = 135}));
  EXPECT_EQ(NeighborDiscoveryView::parse(*v4).error(), NdRefusal::other_message);
}

}  // namespace
}  // namespace tapstat::decode
