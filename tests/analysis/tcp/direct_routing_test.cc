// A tap on a load balancer (LVS) with direct routing: vector 35 of docs/inference.md.
#include <gtest/gtest.h>

#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {
namespace {

using analysis::tcp::State;

constexpr std::string_view kClient = "192.0.2.7", kVip = "198.51.100.1";
constexpr std::string_view kRouterMac = "02:00:00:00:00:01", kDirectorMac = "02:00:00:00:00:02",
                           kRealMac = "02:00:00:00:00:03";

// Direct routing: what the client sends comes in from the router and goes out to the real server,
// with other MAC addresses and one hop less; what the server sends does not come by.
class DirectRouting {
 public:
  void client_sends(TcpSpec spec) {
    spec.src = kClient;
    spec.dst = kVip;
    spec.ip_id = ++ip_id_;
    spec.ttl = 57;
    spec.src_mac = kRouterMac;
    spec.dst_mac = kDirectorMac;
    tap_.see(tcp(spec), std::chrono::milliseconds{20});
    spec.ttl = 56;
    spec.src_mac = kDirectorMac;
    spec.dst_mac = kRealMac;
    tap_.see(tcp(spec), std::chrono::microseconds{30});
  }

  [[nodiscard]] const Tap& tap() const { return tap_; }
  [[nodiscard]] State client() const {
    const auto& c = tap_.connection(0);
    return c.end(c.client()).state();
  }
  [[nodiscard]] State server() const {
    const auto& c = tap_.connection(0);
    return c.end(c.server()).state();
  }

 private:
  Tap tap_;
  std::uint16_t ip_id_ = 100;
};

TEST(DirectRouting, TwoSightingsOfAPacketAreOneSending) {
  DirectRouting director;
  director.client_sends({.flags = "S", .seq = 1000});
  EXPECT_EQ(director.client(), State::syn_sent);
  director.client_sends({.flags = "A", .seq = 1001, .ack = 5001});
  EXPECT_EQ(director.client(), State::established);
  director.client_sends({.flags = "PA", .seq = 1001, .ack = 5001, .payload_len = 10});
  director.client_sends({.flags = "A", .seq = 1011, .ack = 5101});
  EXPECT_EQ(director.client(), State::established);
  EXPECT_EQ(director.server(), State::established);
  director.client_sends({.flags = "FA", .seq = 1011, .ack = 5101});
  EXPECT_EQ(director.client(), State::fin_wait_1);
  EXPECT_EQ(director.server(), State::close_wait);

  ASSERT_EQ(director.tap().connections(), 1u);
  const auto& c = director.tap().connection(0);
  const auto& client = c.end(c.client());
  EXPECT_EQ(c.traffic(c.client()).packets, 10u);
  EXPECT_EQ(c.duplicates(c.client()), 5u);
  EXPECT_EQ(client.bytes(), 10u);
  ASSERT_NE(client.resending(), nullptr);  // the FIN, which nobody was seen to acknowledge
  EXPECT_EQ(client.resending()->times(), 1);
  EXPECT_FALSE(c.end(c.server()).sure());
}

}  // namespace
}  // namespace tapstat::test
