// Who the generated connections are between, how long each is and what it travels in.
#pragma once

#include <cstdint>

#include "bench/connection.h"
#include "bench/random.h"

namespace tapstat::bench {

enum class Length : std::uint8_t {
  heavy_tailed,   // some hundred packets in the mean, most have a few dozens, some a hundred
                  // thousand
  short_exchange  // one request and one segment of response: kShortPackets where nothing is lost
};
inline constexpr std::uint32_t kShortPackets = 10;
inline constexpr std::uint32_t kShortOpenPackets = 6;  // without the close

// Percentages are of the connections.
struct Mixture {
  Length length = Length::heavy_tailed;
  std::uint32_t ipv6 = 0;
  std::uint32_t vlan = 0;
  std::uint32_t vxlan = 0;
  std::uint32_t gre = 0;  // with vxlan at most 100
  bool stay_open = false;
};

// No two connections have the same addresses and ports before 2^30 of them. Clients are in
// 10.1.0.0/16 (fd00:1::/112), servers in 10.2.0.0/24 (fd00:2::/112).
class Population {
 public:
  explicit Population(const Mixture& mixture) : mixture_(mixture) {}

  [[nodiscard]] Plan next(Random& random);

  // How many were made.
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  Mixture mixture_;
  std::uint64_t size_ = 0;
};

// 10.NET.HOST or fd00:NET::HOST, the host in two bytes.
[[nodiscard]] Socket make_socket(std::uint8_t net, std::uint16_t host, std::uint16_t port,
                                 bool ipv6 = false);

// No dissector is registered for it, so that tools that look into payloads are not slowed.
inline constexpr std::uint16_t kServerPort = 18080;

// The first of the 2^14 ports that clients take, from Linux's range.
inline constexpr std::uint16_t kFirstClientPort = 32768;

}  // namespace tapstat::bench
