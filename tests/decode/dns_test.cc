// DNS messages byte by byte, and messages that lie.
#include "decode/dns.h"

#include <gtest/gtest.h>

#include "tests/support/dns_message.h"

namespace tapstat::decode {
namespace {

using test::DnsMessage;
using Kind = DnsRecord::Kind;

[[nodiscard]] std::vector<DnsRecord> records_of(const DnsMessage& message) {
  return dns_records(message.bytes());
}

TEST(Dns, AnswersNameTheirAddresses) {
  DnsMessage message;
  message.question("WWW.Example.com").cname("www.example.com", "edge.example.net");
  message.a("edge.example.net", {192, 0, 2, 1});
  const auto records = records_of(message);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].kind, Kind::alias);
  EXPECT_EQ(records[0].owner, "www.example.com");
  EXPECT_EQ(records[0].target, "edge.example.net");
  EXPECT_EQ(records[1].kind, Kind::address);
  EXPECT_EQ(records[1].ip_version, 4);
  EXPECT_EQ(records[1].address[3], 1);
}

TEST(Dns, CompressedNamesAreFollowedBackwards) {
  DnsMessage message;
  message.question("www.example.com").pointer_to_question().a_data({192, 0, 2, 7});
  const auto records = records_of(message);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].owner, "www.example.com");
}

TEST(Dns, QueriesAndErrorsTellNothing) {
  for (const unsigned flags : {0x0100u, 0x8183u, 0xa800u}) {
    DnsMessage message(static_cast<std::uint16_t>(flags));
    message.a("x.example", {192, 0, 2, 1});
    EXPECT_TRUE(records_of(message).empty()) << flags;
  }
}

TEST(Dns, PointersInARingEnd) {
  DnsMessage message;
  const auto here = static_cast<std::uint8_t>(message.bytes().size());
  message.raw({0xc0, here}).a_data({192, 0, 2, 1});  // leads to itself
  EXPECT_TRUE(records_of(message).empty());
}

TEST(Dns, NamesAreBoundedAndPrintable) {
  DnsMessage message;
  message.a("a\x1b[31m\xc3.example", {192, 0, 2, 1});
  ASSERT_EQ(records_of(message).size(), 1u);
  EXPECT_EQ(records_of(message)[0].owner, "a?[31m?.example");
  std::string longest;
  for (int i = 0; i < 5; ++i) longest += std::string(60, 'x') + '.';
  DnsMessage too_long;
  too_long.a(longest + "example", {192, 0, 2, 1});
  EXPECT_TRUE(records_of(too_long).empty());
}

TEST(Dns, NoMoreRecordsAreReadThanBound) {
  DnsMessage message;
  for (int i = 0; i < 200; ++i) message.a("x.example", {192, 0, 2, 1});
  EXPECT_EQ(records_of(message).size(), kMostDnsRecords);
}

// What was cut off is left out; what came before it stays.
TEST(Dns, EveryPrefixIsRead) {
  DnsMessage message;
  message.question("www.example.com").a("www.example.com", {192, 0, 2, 1});
  message.ptr("1.2.0.192.in-addr.arpa", "host.example");
  const Bytes whole = message.bytes();
  std::size_t most = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::vector<std::uint8_t> part(whole.begin(),
                                         whole.begin() + static_cast<std::ptrdiff_t>(size));
    const std::size_t count = dns_records(part).size();
    EXPECT_GE(count, most);
    most = count;
  }
  EXPECT_EQ(most, 2u);
}

}  // namespace
}  // namespace tapstat::decode
