// Whose packet it is that belongs to no TCP connection: the key that it and its answer share.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/flow_key.h"
#include "decode/packet.h"

namespace tapstat::analysis {

struct Conversation {
  DirectedKey directed;
  std::uint8_t protocol = 0;          // of IP
  bool is_one_way = false;            // ICMP without an answer: the other direction is another one
  std::uint32_t payload_len = 0;      // on the wire, behind the protocol's own header
  std::optional<std::uint16_t> echo;  // identifier of ICMP messages that have one
};

// nullopt where there is none: no IP, TCP, or too little of the header. Ports are those of UDP and
// SCTP; of ICMP the type, and that of its answer (Zeek's ICMP4_counterpart and ICMP6_counterpart in
// ICMP.cc, from RFC 792, 950, 1256, 4443, 4861, 2710, 4620 and 6275) or, where there is none, its
// code; 0 otherwise.
[[nodiscard]] std::optional<Conversation> conversation_of(const decode::Packet& packet);

// The same where nobody looks at ports: every protocol is one that has none.
[[nodiscard]] std::optional<Conversation> portless_conversation_of(const decode::Packet& packet);

// Of the datagram around a tunnel.
[[nodiscard]] Conversation conversation_of(const decode::Carrier& carrier);

}  // namespace tapstat::analysis
