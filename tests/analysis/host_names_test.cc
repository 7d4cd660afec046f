// Names of addresses out of DNS answers.
#include "analysis/host_names.h"

#include <gtest/gtest.h>

#include "tests/support/dns_message.h"

namespace tapstat::analysis {
namespace {

using test::DnsMessage;

const std::array<std::uint8_t, 4> kServer{192, 0, 2, 80};

[[nodiscard]] IpAddress server() { return IpAddress::from_wire(kServer.data(), 4); }

void hear(HostNames& names, const DnsMessage& message, std::uint16_t port = 53) {
  const std::size_t size = message.bytes().size() + 8;
  std::vector<std::uint8_t> udp = {
      static_cast<std::uint8_t>(port >> 8), static_cast<std::uint8_t>(port & 0xff), 0x9c, 0x40,
      static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size & 0xff), 0,    0};
  udp.insert(udp.end(), message.bytes().begin(), message.bytes().end());
  decode::Packet packet;
  packet.content = decode::Content::udp;
  packet.body = udp;
  names.take(packet);
}

TEST(HostNames, AnAliasedAddressHasTheNameThatWasAskedFor) {
  HostNames names;
  DnsMessage message;
  message.question("www.example.com").cname("www.example.com", "cdn.example.net");
  message.cname("cdn.example.net", "edge.example.org").a("edge.example.org", kServer);
  hear(names, message);
  EXPECT_EQ(names.find(server()), "www.example.com");
}

TEST(HostNames, AliasesInARingEnd) {
  HostNames names;
  DnsMessage message;
  message.cname("a.example", "b.example").cname("b.example", "a.example").a("a.example", kServer);
  hear(names, message);
  EXPECT_NE(names.find(server()), "");
}

TEST(HostNames, TheLastNameAskedForStands) {
  HostNames names;
  hear(names, DnsMessage().a("old.example", kServer));
  hear(names, DnsMessage().a("new.example", kServer), 5353);
  hear(names, DnsMessage().ptr("80.2.0.192.in-addr.arpa", "reverse.example"));
  EXPECT_EQ(names.find(server()), "new.example");
}

TEST(HostNames, PointerRecordsNameWhatNobodyAskedFor) {
  HostNames names;
  hear(names, DnsMessage().ptr("80.2.0.192.in-addr.arpa", "reverse.example"));
  EXPECT_EQ(names.find(server()), "reverse.example");
  hear(names, DnsMessage().ptr("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
                               ".ip6.arpa",
                               "six.example"));
  const std::array<std::uint8_t, 16> six{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,
                                         0,    0,    0,    0,    0, 0, 0, 1};
  EXPECT_EQ(names.find(IpAddress::from_wire(six.data(), 6)), "six.example");
  for (const char* wrong : {"2.0.192.in-addr.arpa", "1.80.2.0.192.in-addr.arpa",
                            "x.2.0.192.in-addr.arpa", "300.2.0.192.in-addr.arpa", "in-addr.arpa"}) {
    HostNames none;
    hear(none, DnsMessage().ptr(wrong, "wrong.example"));
    EXPECT_EQ(none.find(server()), "") << wrong;
  }
}

TEST(HostNames, OtherPortsAreNotRead) {
  HostNames names;
  hear(names, DnsMessage().a("x.example", kServer), 8053);
  EXPECT_EQ(names.find(server()), "");
}

TEST(HostNames, OverTcpAMessageLiesWholeInASegment) {
  const DnsMessage message = DnsMessage().a("x.example", kServer);
  std::vector<std::uint8_t> payload{0, static_cast<std::uint8_t>(message.bytes().size())};
  payload.insert(payload.end(), message.bytes().begin(), message.bytes().end());
  decode::Segment segment{};
  segment.src_port = 53;
  segment.payload = payload.data();
  segment.payload_captured = static_cast<std::uint32_t>(payload.size());
  segment.payload_len = segment.payload_captured + 1;
  HostNames names;
  names.take(segment);
  EXPECT_EQ(names.find(server()), "");
  --segment.payload_len;
  names.take(segment);
  EXPECT_EQ(names.find(server()), "x.example");
}

}  // namespace
}  // namespace tapstat::analysis
