#include "analysis/neighbors/network.h"

#include "decode/ethernet.h"

namespace tapstat::analysis::neighbors {

Network network_of(const decode::VlanStack& vlans, decode::TunnelId tunnel,
                   const decode::Decoder& decoder) {
  Network network;
  // IEEE 802.1Q: VLAN 0 is a priority and no VLAN.
  for (int i = 0; i < vlans.size(); ++i) {
    if (vlans[i] != 0) network.vlans.push(vlans[i]);
  }
  if (tunnel == 0) return network;
  for (const decode::TunnelHop& hop : decoder.tunnel(tunnel)) {
    if (!hop.has_id) continue;
    network.in_overlay = true;
    network.overlay = hop.kind;
    network.overlay_id = hop.id;
  }
  return network;
}

bool is_in_frame(const std::uint8_t* macs, const std::uint8_t* ip_src, std::uint8_t ip_version) {
  constexpr std::ptrdiff_t kHeader = 14, kTag = 4;
  const std::ptrdiff_t to_source = ip_version == 4 ? 12 : 8;
  const std::ptrdiff_t tags = ip_src - macs - kHeader - to_source;
  return tags >= 0 && tags <= kTag * decode::VlanStack::kMaxTags && tags % kTag == 0;
}

}  // namespace tapstat::analysis::neighbors
