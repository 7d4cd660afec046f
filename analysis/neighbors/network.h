// The LAN that a frame belongs to.
#pragma once

#include <array>
#include <cstdint>

#include "analysis/neighbors/binding.h"
#include "capture/frame.h"
#include "decode/decoder.h"

namespace tapstat::analysis::neighbors {

[[nodiscard]] Network network_of(const decode::VlanStack& vlans, decode::TunnelId tunnel,
                                 const decode::Decoder& decoder);

[[nodiscard]] Point point_of(const capture::Frame& frame);

// fe80::/10 (RFC 4291 section 2.5.6), 169.254/16 (RFC 3927): every link has them all.
[[nodiscard]] bool is_link_local(const IpAddress& address);

// Whether the MAC addresses at `macs` are of the frame that holds the IP packet, and not of one
// around a tunnel that carries no frames. `ip_src` is the source address within the packet.
[[nodiscard]] bool is_in_frame(const std::uint8_t* macs, const std::uint8_t* ip_src,
                               std::uint8_t ip_version);

using NetworkOrder = std::array<std::uint32_t, decode::VlanStack::kMaxTags + 1>;
// By VLANs, outermost first, and then by overlay: the order in which people read LANs.
[[nodiscard]] NetworkOrder order_of(const Network& network);

}  // namespace tapstat::analysis::neighbors
