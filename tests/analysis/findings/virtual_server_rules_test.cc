// Findings about virtual servers that no kernel makes on demand, and what is none of them.
#include <gtest/gtest.h>

#include "tests/analysis/findings/watched.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using test::Buffer;
using test::TcpSpec;
using test::Watched;
using Kinds = std::vector<FindingKind>;
using enum FindingKind;

constexpr std::string_view kClient = "198.51.100.7", kVip = "192.0.2.1", kLocal = "10.0.0.1";
constexpr std::string_view kClientMac = "02:00:00:00:00:07", kFrontMac = "02:00:00:00:00:01",
                           kBackMac = "02:00:00:00:00:02", kServerMac = "02:00:00:00:00:0a";
constexpr std::uint16_t kPort = 80;

// A director, captured on both sides.
class Director {
 public:
  struct Connection {
    std::string_view server = "10.0.0.11";
    std::uint16_t client_port = 40000;
    bool with_toa = false, late_toa = false;
    bool is_nat = false;
  };

  explicit Director(Watched& tap) : tap_(tap) {}

  // Opened, a request with an answer, closed by a reset of the client's.
  void serve(const Connection& c) {
    open(c);
    request(c, 2, c.with_toa && !c.late_toa);
    request(c, 12, c.with_toa);
    from_server(c, "A", 2, 22);
  }
  void open(const Connection& c) {
    from_client(c, {.flags = "S", .seq = 1});
    from_server(c, "SA", 1, 2);
    from_client(c, {.flags = "A", .seq = 2, .ack = 2});
  }
  // A segment of the client's that goes no further.
  void stop(const Connection& c, const TcpSpec& spec) { tap_.see(test::tcp(before(c, spec))); }
  void answer_itself(const Connection& c, std::string_view flags, std::uint32_t seq,
                     std::uint32_t ack) {
    tap_.see(test::tcp(back(before(c, {.flags = flags, .seq = seq, .ack = ack}), 64)));
  }
  void from_client(const Connection& c, TcpSpec spec, bool with_toa = false) {
    spec.ip_id = ++ip_id_;
    tap_.see(test::tcp(before(c, spec)));
    spec = behind(c, spec);
    if (with_toa) spec.options = toa(c);
    tap_.see(test::tcp(spec), 20us);
  }
  void from_server(const Connection& c, std::string_view flags, std::uint32_t seq,
                   std::uint32_t ack) {
    TcpSpec spec{.flags = flags, .seq = seq, .ack = ack, .ip_id = ++ip_id_};
    tap_.see(test::tcp(back(behind(c, spec), 64)));
    tap_.see(test::tcp(back(before(c, spec), 63)), 20us);
  }

 private:
  void request(const Connection& c, std::uint32_t seq, bool with_toa) {
    TcpSpec spec{.flags = "PA", .seq = seq, .ack = 2, .payload_len = 10};
    from_client(c, spec, with_toa);
  }
  [[nodiscard]] static TcpSpec before(const Connection& c, TcpSpec spec) {
    spec.src = kClient;
    spec.src_port = c.client_port;
    spec.dst = kVip;
    spec.dst_port = kPort;
    spec.src_mac = kClientMac;
    spec.dst_mac = kFrontMac;
    return spec;
  }
  [[nodiscard]] static TcpSpec behind(const Connection& c, TcpSpec spec) {
    spec.src = c.is_nat ? kClient : kLocal;
    spec.src_port = c.is_nat ? c.client_port : static_cast<std::uint16_t>(c.client_port + 10000);
    spec.dst = c.server;
    spec.dst_port = kPort;
    spec.src_mac = kBackMac;
    spec.dst_mac = kServerMac;
    spec.ttl = 63;
    return spec;
  }
  [[nodiscard]] static TcpSpec back(TcpSpec spec, std::uint8_t ttl) {
    std::swap(spec.src, spec.dst);
    std::swap(spec.src_port, spec.dst_port);
    std::swap(spec.src_mac, spec.dst_mac);
    spec.ttl = ttl;
    return spec;
  }
  // Kind 254, length 8: port and address of the client.
  [[nodiscard]] static Buffer toa(const Connection& c) {
    const Buffer address = test::ip_bytes(kClient);
    Buffer option = {254, 8, static_cast<std::uint8_t>(c.client_port >> 8),
                     static_cast<std::uint8_t>(c.client_port)};
    option.insert(option.end(), address.begin(), address.end());
    return option;
  }

  Watched& tap_;
  std::uint16_t ip_id_ = 0;
};

constexpr std::string_view kServers[] = {"10.0.0.11", "10.0.0.12"};

[[nodiscard]] Director::Connection connection(int i, bool is_nat = false) {
  return {.server = kServers[i % 2],
          .client_port = static_cast<std::uint16_t>(40000 + i),
          .with_toa = !is_nat,
          .is_nat = is_nat};
}

TEST(LvsToaMissing, IsNoneWhereAllCarryIt) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 8; ++i) director.serve(connection(i));
  EXPECT_EQ(tap.kinds(), Kinds{});
}

TEST(LvsToaMissing, CountsThoseWithout) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 8; ++i) {
    Director::Connection c = connection(i);
    c.with_toa = i != 3;
    director.serve(c);
  }
  const auto findings = tap.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, lvs_toa_missing);
  EXPECT_EQ(findings[0].figures.count, 1u);
  EXPECT_EQ(findings[0].figures.of, 8u);
  EXPECT_EQ(findings[0].lvs.late, 0u);
}

TEST(LvsToaMissing, CountsThoseThatAreLate) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 8; ++i) {
    Director::Connection c = connection(i);
    c.late_toa = i == 5;
    director.serve(c);
  }
  const auto findings = tap.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, lvs_toa_missing);
  EXPECT_EQ(findings[0].lvs.late, 1u);
}

TEST(LvsToaMissing, IsNoneWhereNobodyCarriesIt) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 8; ++i) {
    Director::Connection c = connection(i);
    c.with_toa = false;
    director.serve(c);
  }
  EXPECT_EQ(tap.kinds(), Kinds{});
}

TEST(LvsEntryExpired, IsAResetOfTheDirectorsOwn) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 6; ++i) director.serve(connection(i, true));
  tap.see(test::udp({}), 900s);  // time passes
  director.stop(connection(0, true), {.flags = "PA", .seq = 22, .ack = 2, .payload_len = 10});
  director.answer_itself(connection(0, true), "R", 2, 0);
  const auto findings = tap.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, lvs_entry_expired);
  EXPECT_EQ(findings[0].figures.count, 1u);
  EXPECT_GE(findings[0].figures.longest, 900s);
}

TEST(LvsEntryExpired, IsNoneWhereTheRealServerResets) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 6; ++i) director.serve(connection(i, true));
  tap.see(test::udp({}), 800s);  // time passes
  director.from_client(connection(0, true), {.flags = "PA", .seq = 22, .ack = 2, .payload_len = 1});
  director.from_server(connection(0, true), "R", 2, 0);
  EXPECT_EQ(tap.kinds(), Kinds{});
}

TEST(LvsConnReuse, IsAFirstSynThatWentNoFurther) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 6; ++i) director.serve(connection(i, true));
  const Director::Connection again = connection(0, true);
  director.stop(again, {.flags = "S", .seq = 100001});
  tap.see(test::udp({}), 1s);  // time passes
  director.from_client(again, {.flags = "S", .seq = 100001});
  director.from_server(again, "SA", 200001, 100002);
  director.from_client(again, {.flags = "A", .seq = 100002, .ack = 200002});
  const auto findings = tap.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, lvs_conn_reuse);
  EXPECT_EQ(findings[0].figures.count, 1u);
  EXPECT_GE(findings[0].figures.longest, 1s);
}

TEST(LvsConnReuse, IsNoneWhereTheSynWentOn) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 6; ++i) director.serve(connection(i, true));
  const Director::Connection again = connection(0, true);
  director.from_client(again, {.flags = "S", .seq = 100001});
  tap.see(test::udp({}), 1s);  // time passes
  director.from_client(again, {.flags = "S", .seq = 100001});
  director.from_server(again, "SA", 200001, 100002);
  director.from_client(again, {.flags = "A", .seq = 100002, .ack = 200002});
  EXPECT_EQ(tap.kinds(), Kinds{});
}

TEST(LvsSplitHandshake, IsASecondRealServerOfOneConnection) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 6; ++i) director.serve(connection(i, true));
  Director::Connection c = connection(2, true);
  c.server = kServers[1];
  director.from_client(c, {.flags = "PA", .seq = 22, .ack = 2, .payload_len = 5});
  director.from_client(c, {.flags = "PA", .seq = 27, .ack = 2, .payload_len = 5});
  const auto findings = tap.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, lvs_split_handshake);
  EXPECT_EQ(findings[0].figures.count, 1u);
  EXPECT_EQ(findings[0].lvs.servers.size(), 2u);
}

TEST(LvsServerRefused, NamesTheRealServerAndNotTheLegs) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 6; ++i) {
    if (i % 2 == 0) {
      director.serve(connection(i, true));
    } else {
      director.from_client(connection(i, true), {.flags = "S", .seq = 1});
      director.from_server(connection(i, true), "RA", 0, 2);
    }
  }
  const auto findings = tap.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, lvs_server_refused);
  EXPECT_EQ(findings[0].figures.count, 3u);
  EXPECT_EQ(findings[0].figures.of, 3u);
}

TEST(LvsServerUnanswered, IsAboutOneThatAnswersNoSyn) {
  Watched tap;
  Director director(tap);
  for (int i = 0; i < 6; ++i) {
    if (i % 2 == 0) {
      director.serve(connection(i, true));
      continue;
    }
    director.from_client(connection(i, true), {.flags = "S", .seq = 1});
    tap.see(test::udp({}), 1s);  // time passes
    director.from_client(connection(i, true), {.flags = "S", .seq = 1});
  }
  const auto findings = tap.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, lvs_server_unanswered);
  EXPECT_EQ(findings[0].figures.count, 3u);
}

}  // namespace
}  // namespace tapstat::analysis
