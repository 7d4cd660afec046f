// The LAN that a frame belongs to.
#pragma once

#include <cstdint>

#include "analysis/neighbors/binding.h"
#include "decode/decoder.h"

namespace tapstat::analysis::neighbors {

[[nodiscard]] Network network_of(const decode::VlanStack& vlans, decode::TunnelId tunnel,
                                 const decode::Decoder& decoder);

// Whether the MAC addresses at `macs` are of the frame that holds the IP packet, and not of one
// around a tunnel that carries no frames. `ip_src` is the source address within the packet.
[[nodiscard]] bool is_in_frame(const std::uint8_t* macs, const std::uint8_t* ip_src,
                               std::uint8_t ip_version);

}  // namespace tapstat::analysis::neighbors
