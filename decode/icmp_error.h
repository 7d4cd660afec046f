// ICMP and ICMPv6 errors about TCP: what happened, and to which segment.
#pragma once

#include <optional>

#include "decode/packet.h"

namespace tapstat::decode {

// An error that quotes the start of a TCP segment (RFC 792; RFC 4443 section 3).
struct IcmpError {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  // Of the quoted segment: addresses and ports as its sender wrote them, the sequence number, and
  // nothing more. Time, frame, path and input are those of the error. Borrows the packet's bytes.
  Segment quoted{};
};

// nullopt when `packet`, read from `frame`, is no such error or quotes too little of it.
[[nodiscard]] std::optional<IcmpError> icmp_error_of(const Packet& packet,
                                                     const capture::Frame& frame);

}  // namespace tapstat::decode
