// DHCP servers' answers byte by byte, and answers that lie.
#include "decode/dhcp.h"

#include <gtest/gtest.h>

#include "tests/support/dhcp_message.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::concat;
using test::dhcp_option;

const Buffer kAck = dhcp_option(53, {5});

[[nodiscard]] std::optional<DhcpAnswer> read(const Buffer& options) {
  return dhcp_answer(test::dhcp({.options = concat(kAck, options)}));
}

TEST(Dhcp, AnAnswerTellsTheNetworkAndItsRouters) {
  const auto answer =
      read(concat(dhcp_option(1, {255, 255, 252, 0}), dhcp_option(3, {10, 0, 0, 1, 10, 0, 0, 2})));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->kind, DhcpAnswer::Kind::ack);
  EXPECT_EQ(answer->client, (Ipv4Octets{10, 0, 0, 9}));
  EXPECT_EQ(answer->prefix_len, 22);
  EXPECT_EQ(answer->routers, (std::vector<Ipv4Octets>{{10, 0, 0, 1}, {10, 0, 0, 2}}));
  EXPECT_FALSE(answer->routes);
}

// RFC 3442, the table of its section "Classless Route Option Format".
TEST(Dhcp, ClasslessRoutesHaveOnlyTheirSignificantOctets) {
  const auto answer = read(dhcp_option(
      121, {0, 10, 0, 0, 1, 24, 10, 17, 0, 10, 0, 0, 2, 25, 10, 229, 0, 128, 10, 0, 0, 3}));
  ASSERT_TRUE(answer && answer->routes);
  EXPECT_EQ(*answer->routes, (std::vector<DhcpRoute>{{{}, 0, {10, 0, 0, 1}},
                                                     {{10, 17, 0, 0}, 24, {10, 0, 0, 2}},
                                                     {{10, 229, 0, 128}, 25, {10, 0, 0, 3}}}));
}

// RFC 3396.
TEST(Dhcp, ASplitOptionIsOne) {
  const auto answer =
      read(concat(dhcp_option(121, {24, 10, 17}), dhcp_option(121, {0, 10, 0, 0, 2})));
  ASSERT_TRUE(answer && answer->routes);
  EXPECT_EQ(answer->routes->at(0).router, (Ipv4Octets{10, 0, 0, 2}));
}

TEST(Dhcp, OptionsMayStandInTheFieldsOfNames) {
  const auto answer =
      dhcp_answer(test::dhcp({.options = dhcp_option(52, {3}),
                              .file = concat(kAck, {255}),
                              .sname = concat(dhcp_option(3, {10, 0, 0, 1}), {255})}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->routers.size(), 1u);
}

TEST(Dhcp, OnlyServersOfEthernetAnswer) {
  EXPECT_FALSE(dhcp_answer(test::dhcp({.op = 1, .options = kAck})));
  EXPECT_FALSE(dhcp_answer(test::dhcp({.options = dhcp_option(53, {6})})));  // DHCPNAK
  EXPECT_FALSE(dhcp_answer(test::dhcp({})));                                 // BOOTP
  EXPECT_TRUE(dhcp_answer(test::dhcp({.options = dhcp_option(53, {2})})));
}

TEST(Dhcp, WrongOptionsAreRefused) {
  EXPECT_FALSE(dhcp_answer(test::dhcp({.options = concat(kAck, {3, 8, 10}), .end = false})));
  EXPECT_FALSE(read(dhcp_option(121, {33, 10, 0, 0, 0, 1, 10, 0, 0, 1})));
  EXPECT_FALSE(read(dhcp_option(121, {24, 10, 17, 0, 10})));
}

TEST(Dhcp, AMaskWithHolesIsNone) {
  const auto answer = read(dhcp_option(1, {255, 0, 255, 0}));
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->prefix_len);
}

TEST(Dhcp, EveryPrefixIsRead) {
  const Buffer whole = test::dhcp({.options = concat(kAck, dhcp_option(3, {10, 0, 0, 1}))});
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    (void)dhcp_answer(Bytes{whole}.first(size));
  }
}

}  // namespace
}  // namespace tapstat::decode
