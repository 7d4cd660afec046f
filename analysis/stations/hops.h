// How many routers a packet came through, by its TTL or hop limit.
#pragma once

#include <cstdint>
#include <optional>

namespace tapstat::analysis::stations {

// Hosts begin with 64 (Linux, BSD, macOS; RFC 1700), 128 (Windows) or 255 (routers, RFC 4861);
// nobody is further away than this.
inline constexpr unsigned kMostHops = 32;

// nullopt where no usual beginning is that near, and for 32 and less: old hosts begin there, but so
// do traceroute and whatever is meant for neighbours only.
[[nodiscard]] constexpr std::optional<unsigned> hops_of(std::uint8_t ttl) {
  constexpr unsigned kLeast = 33;
  for (const unsigned first : {64u, 128u, 255u}) {
    if (ttl > first) continue;
    const unsigned hops = first - ttl;
    return ttl >= kLeast && hops <= kMostHops ? std::optional{hops} : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace tapstat::analysis::stations
