// Checksums of TCP (RFC 9293 section 3.1) and UDP (RFC 768), as the tap saw them.
#pragma once

#include <cstdint>
#include <optional>

#include "decode/packet.h"

namespace tapstat::decode {

enum class Checksum : std::uint8_t {
  right,
  // Only the pseudo-header was summed: a network card was to do the rest (Linux: CHECKSUM_PARTIAL;
  // Windows leaves the length of a large send out of it).
  unfilled,
  wrong,
};

// nullopt where not all of the segment was captured.
[[nodiscard]] std::optional<Checksum> checksum_of(const Segment& segment);

// Likewise of a UDP datagram; also where it says that it has none.
[[nodiscard]] std::optional<Checksum> checksum_of_udp(const Packet& packet);

}  // namespace tapstat::decode
