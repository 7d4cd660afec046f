// A packet as the joining of legs looks at it: what a box that forwards it leaves as it is, and
// where it was seen.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/flow_key.h"
#include "analysis/forwarding/link.h"
#include "decode/packet.h"

namespace tapstat::analysis::forwarding {

using capture::Timestamp;

struct Sighting {
  DirectedKey key;
  std::uint8_t protocol = 0;
  std::uint8_t ttl = 0;
  std::uint16_t ip_id = 0;
  std::uint16_t input = 0;
  Timestamp time{};
  std::uint64_t frame = 0;
  LinkId link = 0;
  // Of all that stays the same from leg to leg, where addresses and ports are rewritten and nothing
  // else: TCP's numbers, window and timestamps; what a datagram says.
  std::uint64_t content = 0;
  // Whether two packets with the same content are one, for all that can be expected: it holds
  // numbers that nobody else would draw.
  bool is_telling = false;
  bool is_request = false;                   // an ICMP echo request
  const decode::Segment* segment = nullptr;  // of TCP
};

// Of TCP: the addresses, ports and options that boxes add or change (MSS, TOA) are left out.
// Its link is still to be told.
[[nodiscard]] Sighting sighting_of(const decode::Segment& segment);

// Whether bytes are such that hardly anybody else sends the same at the time: not a few values
// again and again, as padding and fillers have them.
[[nodiscard]] bool is_telling(decode::Bytes bytes);

// Of UDP, and of ICMP echo, whose identifier stands for both ports. nullopt for anything else.
[[nodiscard]] std::optional<Sighting> sighting_of(const decode::Packet& packet,
                                                  const capture::Frame& frame, LinkId link);

}  // namespace tapstat::analysis::forwarding
