// What a DHCP server tells a host of its network: RFC 2131 section 2, the options of RFC 2132 and
// RFC 3442.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "decode/bytes.h"

namespace tapstat::decode {

inline constexpr std::uint16_t kDhcpServerPort = 67, kDhcpClientPort = 68;

using Ipv4Octets = std::array<std::uint8_t, 4>;

// RFC 3442: where the packets for a network go. Router 0.0.0.0: nowhere, it is on the link.
struct DhcpRoute {
  Ipv4Octets network{};
  std::uint8_t prefix_len = 0;
  Ipv4Octets router{};
  friend bool operator==(const DhcpRoute&, const DhcpRoute&) = default;
};

// At most this many routers, and routes, are read of one message.
inline constexpr std::size_t kMostDhcpRoutes = 64;

struct DhcpAnswer {
  enum class Kind : std::uint8_t { offer = 2, ack = 5 };  // RFC 2132 section 9.6

  Kind kind{};
  Ipv4Octets client{};                       // yiaddr, or where that is zero ciaddr
  std::optional<std::uint8_t> prefix_len{};  // option 1; nullopt: none, or no mask
  std::vector<Ipv4Octets> routers{};         // option 3, the preferred one first
  // Option 121: where it is, a host ignores option 3.
  std::optional<std::vector<DhcpRoute>> routes{};
};

// `message` is a whole UDP payload. nullopt for what is no offer and no acknowledgement of a server
// over Ethernet, and for one that is cut or whose options are wrong. Options that are split
// (RFC 3396) or that stand in the fields of names (option 52) are read as one.
[[nodiscard]] std::optional<DhcpAnswer> dhcp_answer(Bytes message);

}  // namespace tapstat::decode
