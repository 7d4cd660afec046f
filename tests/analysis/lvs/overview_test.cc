// The path of each connection through a director, in every mode, from packets alone.
#include "analysis/lvs/overview.h"

#include "tests/analysis/lvs/scene.h"

namespace tapstat::analysis::lvs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Buffer;
using test::TcpSpec;

constexpr std::string_view kClientMac = "02:00:00:00:00:c1", kDirector = "02:00:00:00:00:d0",
                           kInside = "02:00:00:00:00:d1", kServer1 = "02:00:00:00:00:11",
                           kServer2 = "02:00:00:00:00:12";

[[nodiscard]] bool has(const Path& path, Evidence evidence) {
  return path.evidence[static_cast<std::size_t>(evidence)];
}

class Director : public Forwarded {
 protected:
  // A handshake of the client at `port` with 192.0.2.80:80, which the director sends to `rip`:8080.
  void connect_nat(std::uint16_t port, std::string_view rip, std::string_view mac) {
    const std::uint32_t isn = 1000u * port, server_isn = 7u * isn;
    pass_nat(port, rip, mac, {.flags = "S", .seq = isn});
    answer_nat(port, rip, mac, {.flags = "SA", .seq = server_isn, .ack = isn + 1});
    pass_nat(port, rip, mac, {.flags = "A", .seq = isn + 1, .ack = server_isn + 1});
  }
  // A packet of the client, and what the director makes of it.
  void pass_nat(std::uint16_t port, std::string_view rip, std::string_view mac, TcpSpec spec) {
    spec.src = "198.51.100.7";
    spec.src_port = port;
    spec.dst = "192.0.2.80";
    spec.ip_id = ++ip_id_;
    spec.src_mac = kClientMac;
    spec.dst_mac = kDirector;
    see(test::tcp(spec));
    spec.dst = rip;
    spec.dst_port = 8080;
    --spec.ttl;
    spec.src_mac = kInside;
    spec.dst_mac = mac;
    see(test::tcp(spec));
  }
  void answer_nat(std::uint16_t port, std::string_view rip, std::string_view mac, TcpSpec spec) {
    spec.src = rip;
    spec.src_port = 8080;
    spec.dst = "198.51.100.7";
    spec.dst_port = port;
    spec.src_mac = mac;
    spec.dst_mac = kInside;
    see(test::tcp(spec));
    spec.src = "192.0.2.80";
    spec.src_port = 80;
    --spec.ttl;
    spec.src_mac = kDirector;
    spec.dst_mac = kClientMac;
    see(test::tcp(spec));
  }
  // The client's packet as the director gets it and hands it on.
  void pass_direct(std::uint16_t port, std::string_view mac, TcpSpec spec,
                   std::string_view by = kDirector) {
    spec.src = "198.51.100.7";
    spec.src_port = port;
    spec.dst = "192.0.2.80";
    spec.ip_id = ++ip_id_;
    spec.src_mac = kClientMac;
    spec.dst_mac = by;
    see(test::tcp(spec));
    --spec.ttl;
    spec.src_mac = by;
    spec.dst_mac = mac;
    see(test::tcp(spec));
  }
  void claim(std::string_view ip, std::string_view mac) {
    see(test::arp({.operation = 2,
                   .sender_mac = mac,
                   .sender_ip = ip,
                   .target_mac = kClientMac,
                   .target_ip = "192.0.2.9",
                   .dst_mac = kClientMac}));
  }

 private:
  std::uint16_t ip_id_ = 0;
};

TEST_F(Director, NatIsJoinedByWhatItLeavesAlone) {
  connect_nat(40001, "10.0.0.1", kServer1);
  connect_nat(40002, "10.0.0.2", kServer2);
  const Overview seen = overview();
  ASSERT_EQ(seen.services.size(), 1u);
  EXPECT_EQ(seen.services[0].mode, Mode::nat);
  EXPECT_EQ(seen.services[0].vip, at("192.0.2.80", 80));
  EXPECT_EQ(seen.services[0].servers.size(), 2u);
  ASSERT_EQ(seen.paths.size(), 2u);
  const Path& path = seen.paths[0];
  EXPECT_EQ(path.client, at("198.51.100.7", 40001));
  EXPECT_EQ(path.target.socket, at("10.0.0.1", 8080));
  EXPECT_FALSE(path.local.has_value());
  EXPECT_EQ(path.state, IpvsState::established);
  EXPECT_EQ(path.return_path, ReturnPath::director);
  EXPECT_EQ(path.reception, Reception::accepted);
  EXPECT_TRUE(has(path, Evidence::isn) && path.sure);
  EXPECT_EQ(path.connections, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_TRUE(translations().empty());
}

TEST_F(Director, OneServerAloneIsATranslationAndNoService) {
  connect_nat(40001, "10.0.0.1", kServer1);
  connect_nat(40002, "10.0.0.1", kServer1);
  EXPECT_TRUE(overview().services.empty());
  const auto table = translations();
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table[0].kind, nat::Kind::dnat);
  EXPECT_EQ(table[0].original.destination, at("192.0.2.80", 80));
  EXPECT_EQ(table[0].translated.destination, at("10.0.0.1", 8080));
}

TEST_F(Director, AnEntryExpiresByItsState) {
  connect_nat(40001, "10.0.0.1", kServer1);
  connect_nat(40002, "10.0.0.2", kServer2);
  wait(seconds{899});
  EXPECT_EQ(overview().paths[0].state, IpvsState::established);
  EXPECT_EQ(overview().services[0].servers[0].active, 1u);
  wait(seconds{2});
  EXPECT_FALSE(overview().paths[0].state.has_value());
  EXPECT_EQ(overview().services[0].servers[0].active, 0u);
}

TEST_F(Director, TheNextConnectionOfAPortIsAnother) {
  connect_nat(40001, "10.0.0.1", kServer1);
  pass_nat(40001, "10.0.0.1", kServer1, {.flags = "R", .seq = 40001001});
  pass_nat(40001, "10.0.0.2", kServer2, {.flags = "S", .seq = 5});
  const Overview seen = overview();
  ASSERT_EQ(seen.paths.size(), 2u);
  EXPECT_EQ(seen.paths[0].target.socket, at("10.0.0.1", 8080));
  EXPECT_FALSE(seen.paths[0].expires.has_value());
  EXPECT_EQ(seen.paths[1].target.socket, at("10.0.0.2", 8080));
  EXPECT_EQ(seen.paths[1].state, IpvsState::syn_recv);
}

TEST_F(Director, AConnectionSentToTwoServersHasBoth) {
  connect_nat(40001, "10.0.0.1", kServer1);
  pass_nat(40001, "10.0.0.2", kServer2,
           {.flags = "PA", .seq = 40001001, .ack = 280007001, .payload_len = 20});
  const Overview seen = overview();
  ASSERT_EQ(seen.paths.size(), 1u);
  EXPECT_EQ(seen.paths[0].target.socket, at("10.0.0.1", 8080));
  ASSERT_EQ(seen.paths[0].others.size(), 1u);
  EXPECT_EQ(seen.paths[0].others[0].socket, at("10.0.0.2", 8080));
}

TEST_F(Director, RefusedAndUnansweredAreTheServersNotTheClients) {
  pass_nat(40001, "10.0.0.1", kServer1, {.flags = "S", .seq = 77});
  answer_nat(40001, "10.0.0.1", kServer1, {.flags = "RA", .seq = 0, .ack = 78});
  pass_nat(40002, "10.0.0.2", kServer2, {.flags = "S", .seq = 99});
  wait(seconds{1});
  pass_nat(40002, "10.0.0.2", kServer2, {.flags = "S", .seq = 99});
  const Overview seen = overview();
  ASSERT_EQ(seen.services.size(), 1u);
  EXPECT_EQ(seen.services[0].servers[0].refused, 1u);
  EXPECT_EQ(seen.services[0].servers[1].unanswered, 1u);
}

// Who scans sends the same SYN to many, with his own MAC address each time.
TEST_F(Director, TheSameSynToTwoHostsJoinsNothing) {
  const TcpSpec syn{.src = "198.51.100.7",
                    .src_port = 50000,
                    .dst = "192.0.2.80",
                    .flags = "S",
                    .seq = 42,
                    .src_mac = kClientMac};
  see(test::tcp(syn));
  TcpSpec another = syn;
  another.dst = "192.0.2.81";
  another.ttl = 50;
  see(test::tcp(another));
  EXPECT_TRUE(translations().empty());
}

TEST_F(Director, DirectRoutingTellsTheServerByItsMacAddress) {
  claim("192.0.2.80", kDirector);
  claim("192.0.2.11", kServer1);
  pass_direct(40001, kServer1, {.flags = "S", .seq = 1});
  pass_direct(40001, kServer1, {.flags = "A", .seq = 2, .ack = 9});
  pass_direct(40002, kServer2, {.flags = "S", .seq = 1000});
  const Overview seen = overview();
  ASSERT_EQ(seen.paths.size(), 2u);
  EXPECT_EQ(seen.services[0].mode, Mode::dr);
  EXPECT_EQ(seen.paths[0].target.socket, at("192.0.2.11", 80));
  EXPECT_TRUE(has(seen.paths[0], Evidence::mac) && has(seen.paths[0], Evidence::arp));
  EXPECT_EQ(seen.paths[0].state, IpvsState::established);
  EXPECT_EQ(seen.paths[0].return_path, ReturnPath::unseen);
  // Nothing says who the other one is: it is not guessed.
  EXPECT_FALSE(seen.paths[1].target.socket.has_value());
  EXPECT_TRUE(seen.paths[1].target.mac.has_value());
  EXPECT_FALSE(seen.paths[1].sure);
}

TEST_F(Director, ARouterIsNone) {
  claim("192.0.2.80", kServer1);
  for (const std::uint16_t port : {40001, 40002}) {
    pass_direct(port, kServer1, {.flags = "S", .seq = 1000u * port});
    pass_direct(port, kServer1, {.flags = "A", .seq = 1000u * port + 1, .ack = 9});
  }
  EXPECT_TRUE(overview().paths.empty());
}

// On all interfaces a cooked capture has the sender's MAC address only: the director's own.
TEST_F(Director, ACookedCaptureLeavesTheServerOpen) {
  for (const std::uint16_t port : {40001, 40002}) {
    TcpSpec spec{.src = "198.51.100.7",
                 .src_port = port,
                 .dst = "192.0.2.80",
                 .flags = "S",
                 .seq = 1000u * port,
                 .ip_id = port};
    for (const std::string_view flags : {"S", "A"}) {
      spec.flags = flags;
      spec.ack = flags == "A" ? 9 : 0;
      spec.ttl = 64;
      see_cooked(test::tcp_packet(spec), false, kClientMac);
      spec.ttl = 63;
      see_cooked(test::tcp_packet(spec), true, kDirector);
      ++spec.seq;
      ++spec.ip_id;
    }
  }
  const Overview seen = overview();
  ASSERT_EQ(seen.paths.size(), 2u);
  EXPECT_EQ(seen.services[0].mode, Mode::dr);
  EXPECT_FALSE(seen.paths[0].target.socket || seen.paths[0].target.mac);
  EXPECT_EQ(seen.paths[0].state, IpvsState::established);
}

TEST_F(Director, ATunnelTellsTheServerByItsOuterAddress) {
  std::uint16_t id = 0;
  for (const auto& [port, rip] :
       {std::pair<std::uint16_t, std::string_view>{40001, "203.0.113.1"}, {40002, "203.0.113.2"}}) {
    TcpSpec spec{.src = "198.51.100.7",
                 .src_port = port,
                 .dst = "192.0.2.80",
                 .flags = "S",
                 .seq = 1000u * port,
                 .ip_id = ++id,
                 .src_mac = kClientMac,
                 .dst_mac = kDirector};
    see(test::tcp(spec));
    --spec.ttl;
    see(test::ethernet(
        test::ip_in_ip(test::tcp_packet(spec), {.src = "192.0.2.2", .dst = rip, .ttl = 63}),
        {.src_mac = kDirector, .dst_mac = kClientMac}));
  }
  const Overview seen = overview();
  ASSERT_EQ(seen.paths.size(), 2u);
  EXPECT_EQ(seen.services[0].mode, Mode::tun);
  EXPECT_EQ(seen.paths[1].target.socket, at("203.0.113.2", 80));
  EXPECT_TRUE(has(seen.paths[1], Evidence::ipip));
  EXPECT_EQ(seen.services[0].director.dips, (std::vector<IpAddress>{at("192.0.2.2", 0).address}));
}

// DPVS: the client's numbers are shifted, the server's are not, and TOA tells who the client is.
TEST_F(Director, FullNatIsJoinedByTheServersNumbersAndToa) {
  const auto pass = [&](TcpSpec spec, bool out) {
    spec.ttl = out ? 63 : 64;
    spec.src_mac = out ? kInside : kClientMac;
    spec.dst_mac = out ? kServer1 : kDirector;
    see(test::tcp(spec));
  };
  const auto answer = [&](TcpSpec spec, bool out) {
    spec.ttl = out ? 63 : 64;
    spec.src_mac = out ? kDirector : kServer1;
    spec.dst_mac = out ? kClientMac : kInside;
    see(test::tcp(spec));
  };
  // Port 40001 in network order, then 198.51.100.7.
  const Buffer toa = test::hex("fe08 9c41 c6336407");
  pass({.src = "198.51.100.7", .src_port = 40001, .dst = "192.0.2.80", .flags = "S", .seq = 100},
       false);
  pass({.src = "10.0.0.9", .src_port = 1025, .dst = "10.0.0.1", .flags = "S", .seq = 900100}, true);
  answer({.src = "10.0.0.1",
          .src_port = 80,
          .dst = "10.0.0.9",
          .dst_port = 1025,
          .flags = "SA",
          .seq = 5555,
          .ack = 900101},
         false);
  answer({.src = "192.0.2.80",
          .src_port = 80,
          .dst = "198.51.100.7",
          .dst_port = 40001,
          .flags = "SA",
          .seq = 5555,
          .ack = 101},
         true);
  pass({.src = "198.51.100.7",
        .src_port = 40001,
        .dst = "192.0.2.80",
        .flags = "A",
        .seq = 101,
        .ack = 5556},
       false);
  pass({.src = "10.0.0.9",
        .src_port = 1025,
        .dst = "10.0.0.1",
        .flags = "A",
        .seq = 900101,
        .ack = 5556,
        .options = toa},
       true);
  const Overview seen = overview();
  ASSERT_EQ(seen.paths.size(), 1u);
  const Path& path = seen.paths[0];
  EXPECT_EQ(path.mode, Mode::fullnat);
  EXPECT_EQ(path.local, at("10.0.0.9", 1025));
  EXPECT_EQ(path.target.socket, at("10.0.0.1", 80));
  EXPECT_TRUE(has(path, Evidence::toa) && has(path, Evidence::server_isn));
}

TEST_F(Director, PacketsOfManyConnectionsSayTheSameAndJoinNothing) {
  for (const auto& [client, server, mac] :
       {std::tuple<std::string_view, std::string_view, std::string_view>{"10.1.0.1", "10.2.0.1",
                                                                         kServer1},
        {"10.1.0.2", "10.2.0.2", kServer2}}) {
    const std::uint32_t isn = server == "10.2.0.1" ? 100 : 77000;
    const std::uint8_t ttl = server == "10.2.0.1" ? 64 : 60;
    TcpSpec there{.src = client,
                  .src_port = 40000,
                  .dst = server,
                  .dst_port = 22,
                  .flags = "S",
                  .seq = isn,
                  .ttl = ttl,
                  .src_mac = mac,
                  .dst_mac = kDirector};
    see(test::tcp(there));
    TcpSpec back{.src = server,
                 .src_port = 22,
                 .dst = client,
                 .dst_port = 40000,
                 .flags = "SA",
                 .seq = isn * 3,
                 .ack = isn + 1,
                 .ttl = ttl,
                 .src_mac = kDirector,
                 .dst_mac = mac};
    see(test::tcp(back));
    back.flags = "PA";
    back.seq = isn * 3 + 1;
    back.payload = test::hex("5353482d322e302d4f70656e5353485f392e320d0a");
    see(test::tcp(back));
  }
  EXPECT_TRUE(overview().paths.empty());
  EXPECT_TRUE(translations().empty());
}

// One capture point before and one behind, whose clock is ahead.
TEST_F(Director, ClocksOfCapturePointsMayDiffer) {
  put_ahead(1, seconds{90});
  for (std::uint16_t n = 0; n < 2; ++n) {
    TcpSpec spec{.src = "198.51.100.7",
                 .src_port = static_cast<std::uint16_t>(40001 + n),
                 .dst = "192.0.2.80",
                 .flags = "S",
                 .seq = 777000u + n,
                 .ip_id = n};
    see(test::tcp(spec), capture::LinkType::ethernet, 0);
    spec.dst = n == 0 ? "10.0.0.1" : "10.0.0.2";
    spec.ttl = 63;
    spec.src_mac = kInside;
    see(test::tcp(spec), capture::LinkType::ethernet, 1);
  }
  EXPECT_EQ(overview().paths.size(), 2u);
  const auto offset = engine().model().legs->clocks().between(0, 1);
  ASSERT_TRUE(offset.has_value());
  EXPECT_EQ(*offset, seconds{90} + milliseconds{1});
}

TEST_F(Director, UdpIsJoinedByWhatItSays) {
  std::uint16_t id = 100;
  for (const auto& [port, rip] :
       {std::pair<std::uint16_t, std::string_view>{5001, "10.0.0.1"}, {5002, "10.0.0.2"}}) {
    test::UdpSpec spec{.src = "198.51.100.7",
                       .src_port = port,
                       .dst = "192.0.2.80",
                       .payload = test::hex("0102030405060708090a"),
                       .ip_id = ++id,
                       .src_mac = kClientMac,
                       .dst_mac = kDirector};
    see(test::udp(spec));
    spec.dst = rip;
    --spec.ttl;
    spec.src_mac = kInside;
    see(test::udp(spec));
  }
  const Overview seen = overview();
  ASSERT_EQ(seen.paths.size(), 2u);
  EXPECT_EQ(seen.services[0].servers[0].inactive, 1u);
  EXPECT_FALSE(seen.paths[0].state.has_value());
  EXPECT_TRUE(seen.paths[0].expires.has_value());
}

}  // namespace
}  // namespace tapstat::analysis::lvs
