#include "analysis/neighbors/network.h"

#include "decode/ethernet.h"
#include "decode/linux_cooked.h"

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

Point point_of(const capture::Frame& frame) {
  Point point = Point{frame.input} << 48 | Point{frame.interface} << 32;
  if (frame.link != capture::LinkType::linux_sll2) return point;
  if (const auto cooked = decode::Sll2View::parse(frame.bytes()))
    point |= cooked->interface_index();
  return point;
}

bool is_link_local(const IpAddress& address) {
  const auto bytes = address.bytes();
  if (address.is_v4()) return bytes[12] == 169 && bytes[13] == 254;
  return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

bool is_in_frame(const std::uint8_t* macs, const std::uint8_t* ip_src, std::uint8_t ip_version) {
  constexpr std::ptrdiff_t kHeader = 14, kTag = 4;
  const std::ptrdiff_t to_source = ip_version == 4 ? 12 : 8;
  const std::ptrdiff_t tags = ip_src - macs - kHeader - to_source;
  return tags >= 0 && tags <= kTag * decode::VlanStack::kMaxTags && tags % kTag == 0;
}

NetworkOrder order_of(const Network& network) {
  NetworkOrder order{};
  for (int i = 0; i < network.vlans.size(); ++i) {
    order[static_cast<std::size_t>(i)] = 1u + network.vlans[i];
  }
  order.back() = network.overlay_id;
  return order;
}

}  // namespace tapstat::analysis::neighbors
