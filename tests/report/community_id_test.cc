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

// The TCP rows of the tables among the specification's baselines.
TEST(CommunityId, IsTheSpecificationsTable) {
  const analysis::FlowKey key{{v4("1.2.3.4"), v4("5.6.7.8")}, {1122, 3344}};
  EXPECT_EQ(community_id(key, 6), "1:wCb3OG7yAFWelaUydu0D+125CLM=");
  EXPECT_EQ(community_id(key, 6, 1), "1:HhA1B+6CoLbiKPEs5nhNYN4XWfk=");
}

// The specification's baseline for ipv6.pcap, TCP through IPv6.
TEST(CommunityId, CoversIpv6) {
  const analysis::FlowKey key{
      {v6("2001:470:e5bf:dead:4957:2174:e82c:4887"), v6("2607:f8b0:400c:c03::1a")}, {63943, 25}};
  EXPECT_EQ(community_id(key, 6), "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
  EXPECT_EQ(community_id(key, 6, 1), "1:eJYTW6AOzFLlSUoESovMjnu7rMw=");
}

// Of connections in captures that Arkime's tests expect, one of them inside Geneve.
TEST(CommunityId, IsWhatArkimePrints) {
  const analysis::FlowKey dns{{v4("10.2.95.39"), v4("10.180.156.141")}, {53, 49342}};
  EXPECT_EQ(community_id(dns, 6), "1:aiyyBmnGUlby3uK/mWpMfvJm2U4=");
  const analysis::FlowKey ldap{{v4("10.0.0.1"), v4("10.0.0.2")}, {25936, 3268}};
  EXPECT_EQ(community_id(ldap, 6), "1:j4eVs7ZWhGeqgvl6jJda0FHPSqQ=");
  const analysis::FlowKey ssh{{v4("30.0.0.1"), v4("30.0.0.2")}, {22, 51225}};
  EXPECT_EQ(community_id(ssh, 6), "1:GX653mPN70ulA0YA40xwxJDzgUc=");
}

}  // namespace
}  // namespace tapstat::report
