// The Internet checksum (RFC 1071) of what was captured whole.
#pragma once

#include <cstdint>

#include "decode/bytes.h"

namespace tapstat::decode {

// `bytes` with their checksum field among them: an IPv4 header, an ICMP message.
[[nodiscard]] bool is_intact(Bytes bytes);

// Source and destination, 4 or 16 bytes each, one right after the other.
struct AddressPair {
  const std::uint8_t* bytes;
  std::uint8_t ip_version;
};

// TCP, UDP and ICMPv6 cover a pseudo header, too: addresses, protocol and length (RFC 9293 section
// 3.1, RFC 768, RFC 8200 section 8.1).
[[nodiscard]] bool is_intact(AddressPair addresses, std::uint8_t protocol, Bytes datagram);

}  // namespace tapstat::decode
