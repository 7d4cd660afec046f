// A VRRP advertisement: version 2, RFC 3768 section 5.1; version 3, RFC 9568 section 5.1. Borrowed
// bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "decode/packet.h"

namespace tapstat::decode {

struct VrrpAdvert {
  std::uint8_t version = 0;
  std::uint8_t vrid = 0;
  std::uint8_t priority = 0;    // 0: the sender stops being master; 255: it owns the VIP
  std::uint8_t count = 0;       // of virtual addresses, by the header
  std::uint8_t ip_version = 0;  // of the virtual addresses: as the packet's
  std::optional<std::uint8_t> auth_type{};  // version 2 (RFC 2338 section 5.3.6); never the secret
  std::chrono::milliseconds interval{};  // between adverts: seconds in version 2, else 10 ms each
  Bytes addresses{};                     // of 4 or 16 bytes, as many as were captured whole
};

// nullopt for what is none, and for what no router takes (RFC 9568 section 7.1): another TTL than
// 255, a wrong checksum, fewer octets than the header counts. The checksum is looked at where all
// was captured; that of version 3 over IPv4 with and without a pseudo header, since routers write
// either. CARP, which has the same protocol number, is none.
[[nodiscard]] std::optional<VrrpAdvert> vrrp_advert(const Packet& packet);

}  // namespace tapstat::decode
