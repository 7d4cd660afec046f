// Which MAC address is a gateway, rule by rule; each has a twin that is none.
#include "analysis/stations/gateways.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/analysis/stations/wire.h"
#include "tests/support/dhcp_message.h"
#include "tests/support/nd_message.h"

namespace tapstat::analysis::stations {
namespace {

using std::string_view;

constexpr string_view kHostMac = "02:00:00:00:00:01", kRouterMac = "02:00:00:00:00:fe",
                      kOtherMac = "02:00:00:00:00:fd";
constexpr string_view kHost = "10.0.0.1", kRouter = "10.0.0.254", kOther = "10.0.0.253";

class Gateways : public testing::Test {
 protected:
  // The host asks who has `address`, and `owner` answers.
  void resolve(string_view address, string_view owner) {
    ask(address);
    answer(address, owner);
  }
  void ask(string_view address) {
    wire_.see(test::arp({.sender_mac = kHostMac, .sender_ip = kHost, .target_ip = address}));
  }
  void answer(string_view address, string_view owner) {
    wire_.see(test::arp({.operation = 2,
                         .sender_mac = owner,
                         .sender_ip = address,
                         .target_mac = kHostMac,
                         .target_ip = kHost,
                         .dst_mac = kHostMac}));
  }
  void send(string_view to, string_view over = kRouterMac) {
    wire_.see(test::tcp({.src = kHost, .dst = to, .src_mac = kHostMac, .dst_mac = over}));
  }
  void receive(string_view from, std::uint8_t ttl, string_view over = kRouterMac) {
    wire_.see(
        test::tcp({.src = from, .dst = kHost, .ttl = ttl, .src_mac = over, .dst_mac = kHostMac}));
  }
  void exchange(string_view with, std::uint8_t ttl, string_view over = kRouterMac) {
    send(with, over);
    receive(with, ttl, over);
  }

  // "default" or the networks, and the evidence; "none".
  [[nodiscard]] std::string told(string_view address = kRouterMac) const {
    constexpr const char* kNames[] = {"off_link", "ttl",      "router_advertisement",
                                      "dhcp",     "redirect", "arp_proxy"};
    const auto gateways = wire_.gateways();
    const auto found = gateways.find(mac(address));
    if (found == gateways.end()) return "none";
    std::string text = found->second.is_default_v4 ? "default4 " : "";
    if (found->second.is_default_v6) text += "default6 ";
    for (const Network& n : found->second.networks) {
      const auto b = n.address().bytes();
      text += n.is_v4() ? fmt::format("{}.{}.{}.{}/{} ", b[12], b[13], b[14], b[15], n.length())
                        : fmt::format("{:02x}{:02x}:{:02x}{:02x}:../{} ", b[0], b[1], b[2], b[3],
                                      n.length());
    }
    for (std::size_t i = 0; i < kEvidenceKinds; ++i) {
      if (found->second.how[i]) text += std::string{kNames[i]} + ' ';
    }
    text.pop_back();
    return text;
  }

  void dhcp(const test::Buffer& options, std::uint16_t to_port = 68) {
    const auto ack = test::concat(test::dhcp_option(53, {5}), options);
    wire_.see(test::udp({.src = "10.0.0.253",
                         .src_port = 67,
                         .dst = kHost,
                         .dst_port = to_port,
                         .payload = test::dhcp({.your_address = kHost, .options = ack}),
                         .src_mac = kOtherMac,
                         .dst_mac = kHostMac}));
  }

  // ICMP redirect (RFC 792) of the router: `destination` over `gateway`.
  void redirect(string_view destination, string_view gateway) {
    const auto quoted = test::tcp_packet({.src = kHost, .dst = destination});
    const auto g = test::ip_bytes(gateway);
    wire_.see(
        test::icmp({.src = kRouter,
                    .dst = kHost,
                    .type = 5,
                    .code = 1,
                    .rest = static_cast<std::uint32_t>(g[0]) << 24 | g[1] << 16 | g[2] << 8 | g[3],
                    .payload = quoted,
                    .src_mac = kRouterMac,
                    .dst_mac = kHostMac}));
  }

  Wire wire_;
};

TEST_F(Gateways, OffLinkAddressesThatComeOverHopsAreBehindIt) {
  resolve(kRouter, kRouterMac);
  exchange("198.51.100.8", 63);
  EXPECT_EQ(told(), "198.51.100.8/32 off_link ttl");
  EXPECT_EQ(told(kHostMac), "none");
  exchange("198.51.100.11", 62);
  exchange("10.9.9.9", 63);
  EXPECT_EQ(told(), "10.9.9.9/32 198.51.100.8/30 off_link ttl");
}

// Its further addresses begin where its first one does, asked for or not.
TEST_F(Gateways, AHostWithSeveralAddressesIsNone) {
  resolve(kRouter, kRouterMac);
  for (const char* address : {"10.0.1.1", "192.168.7.7", "198.51.100.8", "203.0.113.1"}) {
    exchange(address, 64);
  }
  EXPECT_EQ(told(), "none");
}

TEST_F(Gateways, AddressesThatSomebodyAskedForAreOnTheLink) {
  resolve(kRouter, kRouterMac);
  ask("10.0.0.77");
  exchange("10.0.0.77", 63);
  EXPECT_EQ(told(), "none");
}

// Director and real server: frames to the server's MAC are for an address that is the director's.
TEST_F(Gateways, ARealServerWithTheVirtualAddressIsNone) {
  resolve("10.0.0.80", kOtherMac);
  resolve("10.0.0.2", kRouterMac);
  exchange("10.0.0.80", 64);
  EXPECT_EQ(told(), "none");
  EXPECT_EQ(told(kOtherMac), "none");
}

// It hands on packets of clients; nobody sends it any for them.
// The client and the director are on one link: what the director passes on of the client's second
// address does not make the client a gateway for it.
TEST_F(Gateways, AClientWhosePacketsAreForwardedIsNone) {
  resolve(kRouter, kRouterMac);
  resolve(kOther, kOtherMac);
  wire_.see(test::tcp(
      {.src = "10.0.0.77", .dst = kHost, .ttl = 63, .src_mac = kRouterMac, .dst_mac = kHostMac}));
  send("10.0.0.77", kOtherMac);
  EXPECT_EQ(told(kOtherMac), "none");
}

// From the client to the director, and from it to the real server.
TEST_F(Gateways, VirtualAddressesThatArePassedOnAreNoNetworksOfTheDirector) {
  resolve(kRouter, kRouterMac);
  resolve(kOther, kOtherMac);
  for (const char* vip : {"52.1.1.1", "93.184.216.34", "151.101.1.69"}) {
    send(vip, kRouterMac);
    send(vip, kOtherMac);
  }
  EXPECT_EQ(told(), "none");
  EXPECT_EQ(told(kOtherMac), "none");
}

TEST_F(Gateways, ADirectorIsNone) {
  resolve(kOther, kOtherMac);
  receive("198.51.100.8", 62, kOtherMac);
  receive("203.0.113.8", 52, kOtherMac);
  EXPECT_EQ(told(kOtherMac), "none");
}

TEST_F(Gateways, OneConversationWithNothingKnownProvesNothing) {
  exchange("198.51.100.8", 57);
  EXPECT_EQ(told(), "none");
}

TEST_F(Gateways, DifferentDistancesBehindOneMacAreNoHosts) {
  exchange("198.51.100.8", 57);
  exchange("203.0.113.8", 114);
  EXPECT_EQ(told(), "198.51.100.8/32 203.0.113.8/32 ttl");
}

// Traceroute, and what is for neighbours only.
TEST_F(Gateways, ALowTtlIsNoDistance) {
  resolve(kRouter, kRouterMac);
  exchange("198.51.100.8", 1);
  receive("198.51.100.8", 64);
  EXPECT_EQ(told(), "none");
}

TEST_F(Gateways, TheSameAddressNearerElsewhereIsATtlStep) {
  wire_.see(test::tcp({.src = "10.5.0.5",
                       .dst = kHost,
                       .ttl = 64,
                       .src_mac = kOtherMac,
                       .dst_mac = kRouterMac}),
            1);
  exchange("10.5.0.5", 63);
  EXPECT_EQ(told(), "10.5.0.5/32 ttl");
}

// BFD's echo: to its own address, by way of a neighbour that forwards it.
TEST_F(Gateways, WhoLoopsAnEchoBackIsNone) {
  resolve(kRouter, kRouterMac);
  const auto echo = [&](string_view from, string_view to, std::uint8_t ttl) {
    wire_.see(test::udp(
        {.src = "10.5.0.5", .dst = "10.5.0.5", .ttl = ttl, .src_mac = from, .dst_mac = to}));
  };
  echo(kOtherMac, kRouterMac, 255);
  echo(kRouterMac, kOtherMac, 254);
  EXPECT_EQ(told(), "none");
  EXPECT_EQ(told(kOtherMac), "none");
}

TEST_F(Gateways, UnansweredPacketsForManyNetworksAreProofTogether) {
  resolve(kRouter, kRouterMac);
  send("198.51.100.8");
  send("203.0.113.8");
  EXPECT_EQ(told(), "none");
  send("192.168.44.1");
  EXPECT_EQ(told(), "192.168.44.1/32 198.51.100.8/32 203.0.113.8/32 off_link");
}

TEST_F(Gateways, PublicNetworksOfManyKindsAreTheDefault) {
  resolve(kRouter, kRouterMac);
  exchange("8.8.8.8", 117);
  exchange("1.1.1.1", 57);
  exchange("151.101.1.69", 58);
  exchange("192.168.9.9", 63);
  EXPECT_EQ(told(), "default4 off_link ttl");
}

TEST_F(Gateways, PrivateNetworksOfManyKindsAreNotTheDefault) {
  resolve(kRouter, kRouterMac);
  exchange("10.8.0.1", 63);
  exchange("172.16.0.1", 63);
  exchange("192.168.0.1", 63);
  EXPECT_EQ(told(), "10.8.0.1/32 172.16.0.1/32 192.168.0.1/32 off_link ttl");
}

TEST_F(Gateways, GroupsAndLinkLocalAddressesAreNotForwarded) {
  resolve(kRouter, kRouterMac);
  for (const char* address : {"224.0.0.251", "169.254.3.4", "255.255.255.255", "0.0.0.0"}) {
    exchange(address, 63);
  }
  EXPECT_EQ(told(), "none");
}

TEST_F(Gateways, VlansAreLinksOfTheirOwn) {
  const auto frame = [](string_view src, string_view dst, std::uint8_t ttl, string_view from,
                        string_view to, std::uint16_t vlan) {
    return test::tcp(
        {.src = src, .dst = dst, .ttl = ttl, .vlan = {vlan}, .src_mac = from, .dst_mac = to});
  };
  // A router on a stick, and a host in each VLAN.
  for (const std::uint16_t vlan : std::array<std::uint16_t, 2>{10, 20}) {
    wire_.see(test::arp({.operation = 2,
                         .sender_mac = kRouterMac,
                         .sender_ip = vlan == 10 ? "10.0.10.254" : "10.0.20.254",
                         .vlan = {vlan}}));
  }
  wire_.see(test::arp({.sender_mac = kHostMac,
                       .sender_ip = "10.0.10.1",
                       .target_ip = "10.0.10.254",
                       .vlan = {10}}));
  wire_.see(test::arp({.sender_mac = kOtherMac,
                       .sender_ip = "10.0.20.1",
                       .target_ip = "10.0.20.254",
                       .vlan = {20}}));
  wire_.see(frame("10.0.10.1", "10.0.20.1", 64, kHostMac, kRouterMac, 10));
  wire_.see(frame("10.0.10.1", "10.0.20.1", 63, kRouterMac, kOtherMac, 20));
  wire_.see(frame("10.0.20.1", "10.0.10.1", 64, kOtherMac, kRouterMac, 20));
  wire_.see(frame("10.0.20.1", "10.0.10.1", 63, kRouterMac, kHostMac, 10));
  EXPECT_EQ(told(), "10.0.10.1/32 10.0.20.1/32 off_link ttl");
  EXPECT_EQ(told(kHostMac), "none");
  EXPECT_EQ(told(kOtherMac), "none");
}

TEST_F(Gateways, DhcpNamesTheDefaultRouter) {
  dhcp(test::concat(test::dhcp_option(1, {255, 255, 255, 0}),
                    test::dhcp_option(3, {10, 0, 0, 254})));
  EXPECT_EQ(told(), "none");  // whose address that is nobody said
  resolve(kRouter, kRouterMac);
  EXPECT_EQ(told(), "default4 dhcp");
  EXPECT_EQ(told(kOtherMac), "none");
}

TEST_F(Gateways, DhcpNamesRoutesThatTakeThePlaceOfTheRouter) {
  dhcp(test::concat(test::dhcp_option(3, {10, 0, 0, 254}),
                    test::dhcp_option(121, {16, 172, 16, 10, 0, 0, 253})));
  resolve(kRouter, kRouterMac);
  resolve(kOther, kOtherMac);
  EXPECT_EQ(told(), "none");
  EXPECT_EQ(told(kOtherMac), "172.16.0.0/16 dhcp");
}

TEST_F(Gateways, WhatDhcpTellsARelayIsOfAnotherLink) {
  dhcp(test::dhcp_option(3, {10, 0, 0, 254}), 67);
  resolve(kRouter, kRouterMac);
  EXPECT_EQ(told(), "none");
}

// With the mask it is known what is off the link, without any answer.
TEST_F(Gateways, DhcpsMaskTellsWhatIsOnTheLink) {
  resolve(kRouter, kRouterMac);
  send("10.0.0.77");
  send("10.0.1.77");
  EXPECT_EQ(told(), "none");
  dhcp(test::dhcp_option(1, {255, 255, 255, 0}));
  EXPECT_EQ(told(), "10.0.1.77/32 off_link");
}

TEST_F(Gateways, ARedirectNamesAnotherRouter) {
  resolve(kRouter, kRouterMac);
  resolve(kOther, kOtherMac);
  redirect("10.7.0.7", kOther);
  EXPECT_EQ(told(kOtherMac), "10.7.0.7/32 redirect");
  EXPECT_EQ(told(), "10.7.0.7/32 redirect");
}

TEST_F(Gateways, ARedirectToTheHostItselfNamesNone) {
  resolve("10.0.0.7", kOtherMac);
  redirect("10.0.0.7", "10.0.0.7");
  EXPECT_EQ(told(kOtherMac), "none");
}

TEST_F(Gateways, ARedirectFromAnothersAddressIsNotBelieved) {
  resolve(kRouter, kOtherMac);
  redirect("10.7.0.7", kHost);
  EXPECT_EQ(told(), "none");
  EXPECT_EQ(told(kHostMac), "none");
}

TEST_F(Gateways, AProxyForwardsForWhatItAnswersFor) {
  wire_.see(test::arp({.sender_mac = kRouterMac, .sender_ip = kRouter, .target_ip = kHost}));
  resolve("10.0.0.70", kRouterMac);
  exchange("10.0.0.70", 63);
  EXPECT_EQ(told(), "10.0.0.70/32 arp_proxy");
}

TEST_F(Gateways, WhoAnswersForFurtherAddressesOfHisOwnIsNoProxy) {
  wire_.see(test::arp({.sender_mac = kRouterMac, .sender_ip = kRouter, .target_ip = kHost}));
  resolve("10.0.0.70", kRouterMac);
  exchange("10.0.0.70", 64);
  resolve("10.0.0.71", kRouterMac);  // masquerading: forwarded, and in its own name
  wire_.see(test::arp({.sender_mac = kRouterMac, .sender_ip = "10.0.0.71", .target_ip = kHost}));
  exchange("10.0.0.71", 63);
  EXPECT_EQ(told(), "none");
}

TEST_F(Gateways, ARouterAdvertisementNamesTheDefault) {
  // Reachable and retransmission times, then no options.
  const auto ra = [&](std::uint16_t lifetime) {
    test::Buffer times(8);
    wire_.see(test::nd({.type = 134,
                        .src = "fe80::fe",
                        .dst = "ff02::1",
                        .target = "",
                        .flags = std::uint32_t{64} << 24 | lifetime,
                        .options = times,
                        .src_mac = kRouterMac,
                        .dst_mac = "33:33:00:00:00:01"}));
  };
  ra(1800);
  EXPECT_EQ(told(), "default6 router_advertisement");
  wire_.wait(std::chrono::seconds{1801});
  EXPECT_EQ(told(), "none");
  ra(1800);
  EXPECT_EQ(told(), "default6 router_advertisement");
  ra(0);
  EXPECT_EQ(told(), "none");
}

TEST_F(Gateways, AnIpv6RedirectNamesTheRouterAndItsMac) {
  wire_.see(test::nd({.type = 137,
                      .src = "fe80::fe",
                      .dst = "2001:db8::1",
                      .target = "fe80::fd",
                      .destination = "2001:db8:7::7",
                      .target_link_layer = kOtherMac,
                      .src_mac = kRouterMac,
                      .dst_mac = kHostMac}));
  EXPECT_EQ(told(kOtherMac), "2001:0db8:../128 redirect");
  EXPECT_EQ(told(), "2001:0db8:../128 redirect");
}

TEST_F(Gateways, APrefixWithTheOnLinkFlagTellsWhatIsOnTheLink) {
  const auto prefix =
      test::concat(test::hex("0304 40c0 00000e10 00000e10 00000000"), test::ip_bytes("2001:db8::"));
  const auto send_to = [&](string_view address) {
    wire_.see(test::tcp(
        {.src = "2001:db8::1", .dst = address, .src_mac = kHostMac, .dst_mac = kRouterMac}));
  };
  // No default router (lifetime 0), and its address is known all the same.
  wire_.see(test::nd({.type = 134,
                      .src = "fe80::fe",
                      .dst = "ff02::1",
                      .target = "",
                      .options = test::concat(test::Buffer(8), prefix),
                      .src_mac = kRouterMac,
                      .dst_mac = "33:33:00:00:00:01"}));
  send_to("2001:db8::77");
  EXPECT_EQ(told(), "none");
  send_to("2001:db8:9::1");
  EXPECT_EQ(told(), "2001:0db8:../128 off_link");
}

TEST_F(Gateways, OfIpv6AreTheSame) {
  wire_.see(test::nd({.type = 136,
                      .src = "2001:db8::fe",
                      .dst = "2001:db8::1",
                      .target = "2001:db8::fe",
                      .flags = test::kNdRouter | test::kNdSolicited,
                      .target_link_layer = kRouterMac,
                      .src_mac = kRouterMac,
                      .dst_mac = kHostMac}));
  wire_.see(test::tcp(
      {.src = "2001:db8::1", .dst = "2001:db8:7::7", .src_mac = kHostMac, .dst_mac = kRouterMac}));
  EXPECT_EQ(told(), "none");
  wire_.see(test::tcp({.src = "2001:db8:7::7",
                       .dst = "2001:db8::1",
                       .ttl = 63,
                       .src_mac = kRouterMac,
                       .dst_mac = kHostMac}));
  EXPECT_EQ(told(), "2001:0db8:../128 off_link ttl");
}

}  // namespace
}  // namespace tapstat::analysis::stations
