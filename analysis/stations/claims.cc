#include "analysis/stations/claims.h"

#include "analysis/stations/address_kinds.h"
#include "decode/arp.h"
#include "decode/neighbor_discovery.h"

namespace tapstat::analysis::stations {

using decode::NdOption;
using decode::NdType;

namespace {

enum class Claim : std::uint8_t { announced, answered };

void claim(const MacAddress& mac, const IpAddress& ip, Claim how, const Heard& heard,
           AddressTable& addresses) {
  if (decode::is_group(mac) || decode::is_zero(mac) || !is_host_address(ip)) return;
  const auto i = addresses.enter(mac, heard.link, ip, AddressTable::kMost);
  if (i == AddressTable::kNone) return;
  Address& a = addresses[i];
  a.last_claim = heard.time;
  if (how == Claim::announced) a.is_announced = true;
  if (how == Claim::answered) a.is_answered = true;
}

void ask(const IpAddress& ip, const Heard& heard, AddressTable& addresses) {
  if (!is_host_address(ip)) return;
  const auto i = addresses.enter(MacAddress{}, heard.link, ip, AddressTable::kMost);
  if (i != AddressTable::kNone) addresses[i].is_asked_for = true;
}

// A reply to nobody in particular (target and sender the same) is an announcement as a request is.
void note_arp(const decode::Packet& packet, const Heard& heard, AddressTable& addresses) {
  constexpr std::uint16_t kRequest = 1, kReply = 2;
  const auto arp = decode::ArpView::parse(packet.body);
  if (!arp || !arp->is_ipv4_over_ethernet()) return;
  if (arp->operation() != kRequest && arp->operation() != kReply) return;
  const MacAddress mac = decode::mac_from_wire(arp->sender_hardware().data());
  const IpAddress sender = IpAddress::from_wire(arp->sender_protocol().data(), 4);
  const IpAddress target = IpAddress::from_wire(arp->target_protocol().data(), 4);
  const bool answers = arp->operation() == kReply && !(sender == target);
  claim(mac, sender, answers ? Claim::answered : Claim::announced, heard, addresses);
  if (arp->operation() == kRequest && !(sender == target)) ask(target, heard, addresses);
}

[[nodiscard]] MacAddress link_layer_of(const decode::NeighborDiscoveryView& nd, NdOption kind,
                                       const Heard& heard) {
  const std::uint8_t* address = nd.link_layer_address(kind);
  return address == nullptr ? heard.source : decode::mac_from_wire(address);
}

void note_nd(const decode::Packet& packet, const Heard& heard, AddressTable& addresses) {
  const auto nd = decode::NeighborDiscoveryView::parse(packet);
  if (!nd) return;
  const IpAddress source = IpAddress::from_wire(packet.ip_src, 6);
  switch (nd->type()) {
    case NdType::neighbor_advertisement:
      return claim(link_layer_of(*nd, NdOption::target_link_layer, heard),
                   IpAddress::from_wire(nd->target(), 6),
                   nd->is_solicited() ? Claim::answered : Claim::announced, heard, addresses);
    case NdType::neighbor_solicitation:
      ask(IpAddress::from_wire(nd->target(), 6), heard, addresses);
      [[fallthrough]];
    case NdType::router_solicitation:
    case NdType::router_advertisement:
      return claim(link_layer_of(*nd, NdOption::source_link_layer, heard), source, Claim::announced,
                   heard, addresses);
    case NdType::redirect:
      break;
  }
}

}  // namespace

void note_claims(const decode::Packet& packet, const Heard& heard, AddressTable& addresses) {
  if (packet.content == decode::Content::arp) note_arp(packet, heard, addresses);
  if (packet.content == decode::Content::icmpv6) note_nd(packet, heard, addresses);
}

}  // namespace tapstat::analysis::stations
