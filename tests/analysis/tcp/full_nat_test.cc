// A tap on a load balancer (LVS) in FULLNAT mode: vector 36 of docs/inference.md.
#include <gtest/gtest.h>

#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {
namespace {

using analysis::tcp::State;

constexpr std::string_view kClient = "192.0.2.7", kVip = "198.51.100.1";
constexpr std::string_view kLocal = "10.1.0.1", kReal = "10.1.0.9";

// FULLNAT: the director is an end towards either side, with its own numbers towards the real
// server, where it also strips the timestamps and puts the client's address into an option.
class FullNat {
 public:
  void client_sends(TcpSpec spec) {
    spec.src = kClient;
    spec.dst = kVip;
    tap_.see(tcp(spec));
    spec.src = kLocal;
    spec.src_port = 5001;
    spec.dst = kReal;
    spec.dst_port = 8080;
    spec.seq += kShift;
    spec.timestamps.reset();
    if (spec.payload_len > 0) spec.options = hex("fe08 9c40 c0000207");
    tap_.see(tcp(spec), std::chrono::microseconds{30});
  }
  void server_sends(TcpSpec spec) {
    spec.src = kReal;
    spec.src_port = 8080;
    spec.dst = kLocal;
    spec.dst_port = 5001;
    const std::uint32_t ack = spec.ack;
    spec.ack += kShift;
    tap_.see(tcp(spec));
    spec.src = kVip;
    spec.src_port = 80;
    spec.dst = kClient;
    spec.dst_port = 40000;
    spec.ack = ack;
    tap_.see(tcp(spec), std::chrono::microseconds{30});
  }

  void expect(State client, State server) const {
    ASSERT_EQ(tap_.connections(), 2u);
    for (std::uint32_t leg = 0; leg < 2; ++leg) {
      const auto& c = tap_.connection(leg);
      EXPECT_EQ(c.end(c.client()).state(), client) << "leg " << leg + 1;
      EXPECT_EQ(c.end(c.server()).state(), server) << "leg " << leg + 1;
    }
  }
  [[nodiscard]] const Tap& tap() const { return tap_; }

 private:
  static constexpr std::uint32_t kShift = 0x9000'0000;
  Tap tap_;
};

TEST(FullNat, ItsTwoLegsAreTwoConnectionsInTheSameStates) {
  FullNat director;
  const TcpTimestamps clock{.tsval = 7, .tsecr = 0};
  director.client_sends({.flags = "S", .seq = 1000, .timestamps = clock});
  director.expect(State::syn_sent, State::syn_received);
  director.server_sends({.flags = "SA", .seq = 5000, .ack = 1001});
  director.expect(State::established, State::syn_received);
  director.client_sends({.flags = "A", .seq = 1001, .ack = 5001});
  director.expect(State::established, State::established);
  director.client_sends({.flags = "PA", .seq = 1001, .ack = 5001, .payload_len = 10});
  director.server_sends({.flags = "A", .seq = 5001, .ack = 1011});
  director.expect(State::established, State::established);
  director.client_sends({.flags = "FA", .seq = 1011, .ack = 5001});
  director.expect(State::fin_wait_1, State::close_wait);
  director.server_sends({.flags = "FA", .seq = 5001, .ack = 1012});
  director.expect(State::time_wait, State::last_ack);
  director.client_sends({.flags = "A", .seq = 1012, .ack = 5002});
  director.expect(State::time_wait, State::closed);
  for (std::uint32_t leg = 0; leg < 2; ++leg) {
    const auto& c = director.tap().connection(leg);
    EXPECT_EQ(c.traffic(0).packets + c.traffic(1).packets, 8u);
  }
}

}  // namespace
}  // namespace tapstat::test
