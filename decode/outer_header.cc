#include "decode/outer_header.h"

#include "decode/capture_header.h"
#include "decode/ether_type.h"
#include "decode/ethernet.h"
#include "decode/ieee80211.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"
#include "decode/linux_cooked.h"
#include "decode/vlan.h"

namespace tapstat::decode {
namespace {

using capture::LinkType;

// What a VLAN tag or IP header may follow: `type` is the EtherType of `rest`.
void read_tags_and_ip(std::uint16_t type, Bytes rest, OuterHeader& out) {
  while (ether_type::is_vlan(type)) {
    const auto tag = VlanView::parse(rest);
    if (!tag) return;
    out.vlans.push(tag->vid());
    type = tag->type();
    rest = rest.subspan(VlanView::kLen);
  }
  if (type == ether_type::kIpv4) {
    const auto ip = Ipv4View::parse(rest);
    if (!ip) return;
    out.ip_version = 4;
    out.ttl = ip->ttl();
    out.ip_src = ip->source();
    out.ip_dst = ip->destination();
  } else if (type == ether_type::kIpv6) {
    const auto ip = Ipv6View::parse(rest);
    if (!ip) return;
    out.ip_version = 6;
    out.ttl = ip->hop_limit();
    out.ip_src = ip->source();
    out.ip_dst = ip->destination();
  }
}

[[nodiscard]] std::optional<OuterHeader> of_ethernet(Bytes b) {
  const auto ethernet = EthernetView::parse(b);
  if (!ethernet) return std::nullopt;
  OuterHeader out{.source = mac_from_wire(ethernet->source().data()),
                  .destination = mac_from_wire(ethernet->destination().data())};
  read_tags_and_ip(ethernet->type(), b.subspan(EthernetView::kLen), out);
  return out;
}

template <typename View>
[[nodiscard]] std::optional<OuterHeader> of_cooked(Bytes b) {
  const auto cooked = View::parse(b);
  if (!cooked || !cooked->has_mac_address()) return std::nullopt;
  OuterHeader out{.source = mac_from_wire(cooked->address())};
  read_tags_and_ip(cooked->protocol(), b.subspan(View::kLen), out);
  return out;
}

[[nodiscard]] std::optional<OuterHeader> of_ieee80211(Bytes b) {
  const auto addresses = Ieee80211Addresses::parse(b);
  if (!addresses) return std::nullopt;
  return OuterHeader{.source = mac_from_wire(addresses->source()),
                     .destination = mac_from_wire(addresses->destination())};
}

[[nodiscard]] std::optional<OuterHeader> of_radiotap(Bytes b) {
  const auto radiotap = RadiotapView::parse(b);
  if (!radiotap || radiotap->header_len() > b.size()) return std::nullopt;
  return of_ieee80211(b.subspan(radiotap->header_len()));
}

}  // namespace

std::optional<OuterHeader> outer_header(const capture::Frame& frame) {
  switch (frame.link) {
    case LinkType::ethernet:
      return of_ethernet(frame.bytes());
    case LinkType::linux_sll:
      return of_cooked<SllView>(frame.bytes());
    case LinkType::linux_sll2:
      return of_cooked<Sll2View>(frame.bytes());
    case LinkType::ieee802_11:
      return of_ieee80211(frame.bytes());
    case LinkType::ieee802_11_radiotap:
      return of_radiotap(frame.bytes());
    default:
      return std::nullopt;
  }
}

}  // namespace tapstat::decode
