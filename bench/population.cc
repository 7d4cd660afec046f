#include "bench/population.h"

namespace tapstat::bench {
namespace {

constexpr std::uint8_t kClientNet = 1, kServerNet = 2;
constexpr std::uint32_t kServers = 250;
constexpr std::uint32_t kFewestSegments = 10;
constexpr std::uint32_t kVlans = 100;
// Odd, so that multiples of it take every value modulo a power of two once.
constexpr std::uint32_t kStride = 0x9e3779b1;

}  // namespace

Socket make_socket(std::uint8_t net, std::uint16_t host, std::uint16_t port, bool ipv6) {
  Socket s;
  const auto high = static_cast<std::uint8_t>(host >> 8);
  const auto low = static_cast<std::uint8_t>(host);
  if (ipv6) {
    s.ip[0] = 0xfd;
    s.ip[3] = net;
    s.ip[14] = high;
    s.ip[15] = low;
  } else {
    s.ip = {10, net, high, low};
  }
  s.port = port;
  return s;
}

Plan Population::next(Random& random) {
  Plan plan;
  const std::uint32_t place = static_cast<std::uint32_t>(size_++) * kStride;
  const auto port = static_cast<std::uint16_t>(kFirstClientPort + (place >> 16) % (1u << 14));
  plan.ipv6 = random.percent(mixture_.ipv6);
  plan.client = make_socket(kClientNet, static_cast<std::uint16_t>(place), port, plan.ipv6);
  plan.server = make_socket(kServerNet, static_cast<std::uint16_t>(1 + random.below(kServers)),
                            kServerPort, plan.ipv6);
  if (random.percent(mixture_.vlan)) {
    plan.encapsulation.vlan = static_cast<std::uint16_t>(1 + random.below(kVlans));
  }
  const std::uint32_t tunnel = mixture_.vxlan + mixture_.gre == 0 ? 100 : random.below(100);
  if (tunnel < mixture_.vxlan) {
    plan.encapsulation.tunnel = Tunnel::vxlan;
  } else if (tunnel < mixture_.vxlan + mixture_.gre) {
    plan.encapsulation.tunnel = Tunnel::gre;
  }
  const bool heavy = mixture_.length == Length::heavy_tailed;
  plan.segments = heavy ? random.heavy_tailed(kFewestSegments) : 1;
  plan.per_response = heavy ? 0 : 1;
  plan.stays_open = mixture_.stay_open;
  return plan;
}

}  // namespace tapstat::bench
