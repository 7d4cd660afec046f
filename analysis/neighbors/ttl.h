// What a packet's TTL tells: whether a router has forwarded it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace tapstat::analysis::neighbors {

// What hosts start with: 64 (RFC 1700, Linux, BSD), 128 (Windows), 255 (Solaris, routers), 60, 32
// and 30 (older ones), 1 (what must not leave the link).
inline constexpr std::array<std::uint8_t, 7> kInitialTtls = {1, 30, 32, 60, 64, 128, 255};

[[nodiscard]] constexpr bool is_initial_ttl(std::uint8_t ttl) {
  return std::find(kInitialTtls.begin(), kInitialTtls.end(), ttl) != kInitialTtls.end();
}

}  // namespace tapstat::analysis::neighbors
