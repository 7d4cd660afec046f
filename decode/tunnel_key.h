// A TunnelHop as whole numbers, as both decoding paths note it: quick to make, compare and hash.
#pragma once

#include <cstdint>

#include "decode/bytes.h"
#include "decode/packet.h"

namespace tapstat::decode {

// An address as IPv6, IPv4 ones mapped, in host order.
struct TunnelAddress {
  std::uint64_t high = 0, low = 0;
  friend constexpr bool operator==(const TunnelAddress&, const TunnelAddress&) = default;
};

struct TunnelKey {
  TunnelAddress src{}, dst{};
  std::uint32_t id = 0;
  TunnelKind kind = TunnelKind::other;
  bool has_id = false;
  friend constexpr bool operator==(const TunnelKey&, const TunnelKey&) = default;
};

// `address` is of 4 or 16 bytes, as `ip_version` says; 0 for a tunnel with no IP header around it.
[[nodiscard]] constexpr TunnelAddress tunnel_address(const std::uint8_t* address, int ip_version) {
  if (ip_version == 4) return {0, std::uint64_t{0xffff} << 32 | be32({address, 4}, 0)};
  if (ip_version != 6) return {};
  const Bytes bytes{address, 16};
  return {std::uint64_t{be32(bytes, 0)} << 32 | be32(bytes, 4),
          std::uint64_t{be32(bytes, 8)} << 32 | be32(bytes, 12)};
}

// As Packet has them of the IP header around the tunnel.
[[nodiscard]] constexpr TunnelKey tunnel_key(TunnelKind kind, const std::uint8_t* ip_src,
                                             const std::uint8_t* ip_dst, int ip_version) {
  return {.src = tunnel_address(ip_src, ip_version),
          .dst = tunnel_address(ip_dst, ip_version),
          .kind = kind};
}

// IP right in IP.
[[nodiscard]] constexpr TunnelKind ip_tunnel_kind(int outer_version, int inner_version) {
  if (inner_version == 4) return outer_version == 4 ? TunnelKind::ipip : TunnelKind::fourin6;
  return outer_version == 4 ? TunnelKind::sixin4 : TunnelKind::ip6ip6;
}

}  // namespace tapstat::decode
