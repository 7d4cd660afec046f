// The Internet checksum (RFC 1071) of what was captured whole.
#pragma once

#include <cstdint>

#include "decode/bytes.h"

namespace tapstat::decode {

// Source and destination, 4 or 16 bytes each, one right after the other.
struct AddressPair {
  const std::uint8_t* bytes;
  std::uint8_t ip_version;
};

// The ones' complement sum, not folded yet, with the bytes as they stand in memory: it does not
// care for their order (RFC 1071 section 2).
[[nodiscard]] std::uint64_t sum_of(Bytes bytes);
// Of a pseudo header without its length: addresses and protocol.
[[nodiscard]] std::uint64_t sum_of(AddressPair addresses, std::uint8_t protocol);
// Of a length, which may be more than 16 bits have room for.
[[nodiscard]] std::uint64_t sum_of_length(std::size_t length);
// What carried out comes in again: the sum as a checksum field in memory has it.
[[nodiscard]] std::uint16_t folded(std::uint64_t sum);

// `bytes` with their checksum field among them: an IPv4 header, an ICMP message.
[[nodiscard]] bool is_intact(Bytes bytes);

// TCP, UDP and ICMPv6 cover a pseudo header, too: addresses, protocol and length (RFC 9293 section
// 3.1, RFC 768, RFC 8200 section 8.1).
[[nodiscard]] bool is_intact(AddressPair addresses, std::uint8_t protocol, Bytes datagram);

}  // namespace tapstat::decode
