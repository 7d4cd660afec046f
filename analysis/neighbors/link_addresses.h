// Between whom a frame went, as far as its header has it.
#pragma once

#include <optional>

#include "capture/frame.h"
#include "decode/mac_address.h"
#include "decode/outer_header.h"
#include "decode/packet.h"

namespace tapstat::analysis::neighbors {

struct LinkAddresses {
  std::optional<decode::MacAddress> source{}, destination{};
};

// A decode::Packet or decode::Segment, whose fields have the same names. Linux cooked headers have
// a source; of a tunnel in such a frame nothing is known.
template <typename AnyPacket>
[[nodiscard]] LinkAddresses link_addresses(const capture::Frame& frame, const AnyPacket& packet) {
  if (packet.macs != nullptr) {
    return {decode::mac_from_wire(packet.macs + 6), decode::mac_from_wire(packet.macs)};
  }
  if (packet.tunnel != 0) return {};
  const auto header = decode::outer_header(frame);
  if (!header || decode::is_zero(header->source)) return {};
  return {header->source, header->destination};
}

}  // namespace tapstat::analysis::neighbors
