#include "report/community_id.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace tapstat::report {
namespace {

[[nodiscard]] analysis::IpAddress v4(const char* text) {
  std::array<std::uint8_t, 4> bytes{};
  inet_pton(AF_INET, text, bytes.data());
  return analysis::IpAddress::from_wire(bytes.data(), 4);
}
[[nodiscard]] analysis::IpAddress v6(const char* text) {
  std::array<std::uint8_t, 16> bytes{};
  inet_pton(AF_INET6, text, bytes.data());
  return analysis::IpAddress::from_wire(bytes.data(), 6);
}

// The example of the specification's README.
TEST(CommunityId, IsTheSpecificationsExample) {
  const analysis::FlowKey key{{v4("66.35.250.204"), v4("128.232.110.120")}, {80, 34855}};
  EXPECT_EQ(community_id(key, 6), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  EXPECT_EQ(community_id(key, 6, 1), "1:3V71V58M3Ksw/yuFALMcW0LAHvc=");
}

// The specification's baseline for ipv6.pcap, TCP through IPv6.
TEST(CommunityId, CoversIpv6) {
  const analysis::FlowKey key{
      {v6("2001:470:e5bf:dead:4957:2174:e82c:4887"), v6("2607:f8b0:400c:c03::1a")}, {63943, 25}};
  EXPECT_EQ(community_id(key, 6), "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
}

}  // namespace
}  // namespace tapstat::report
