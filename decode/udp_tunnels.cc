#include "decode/udp_tunnels.h"

#include "decode/checksum.h"
#include "decode/ether_type.h"
#include "decode/geneve.h"
#include "decode/gre.h"
#include "decode/gtpu.h"
#include "decode/gue.h"
#include "decode/ip_protocol.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"
#include "decode/ipv6_over_udp.h"
#include "decode/l2tp.h"
#include "decode/plausible.h"
#include "decode/ppp.h"
#include "decode/vxlan.h"

namespace tapstat::decode {
namespace {

Cursor after(Cursor at, std::size_t header_len) {
  at.skip(header_len);
  return at;
}

bool plausible_payload(std::uint16_t type, const Cursor& at) {
  if (type == ether_type::kTransparentEthernet) return plausible_ethernet(at);
  return (type == ether_type::kIpv4 || type == ether_type::kIpv6) && plausible_ip(at);
}

bool is_vxlan(const Cursor& at) {
  return VxlanView::parse(at.bytes) && plausible_ethernet(after(at, VxlanView::kLen));
}

bool is_geneve(const Cursor& at) {
  const auto geneve = GeneveView::parse(at.bytes);
  return geneve && plausible_payload(geneve->protocol(), after(at, geneve->header_len()));
}

bool is_gre(const Cursor& at) {
  const auto gre = GreView::parse(at.bytes);
  return gre && plausible_payload(gre->protocol(), after(at, gre->header_len()));
}

bool is_gue(const Cursor& at) {
  const auto gue = GueView::parse(at.bytes);
  if (!gue) return false;
  const Cursor inner = after(at, gue->header_len());
  const std::uint8_t protocol = gue->protocol();
  if (protocol == ip_protocol::kGre) return is_gre(inner);
  return (protocol == ip_protocol::kIpv4 || protocol == ip_protocol::kIpv6) &&
         plausible_whole_ip(inner);
}

// IPVS puts its tunnels on whichever port it is told to (ipvsadm --tun-port). There all that
// follows must fit: a data message whose packet ends with the datagram and is of a protocol that
// has services, and the checksum of IPv4's header.
bool is_gue_on_any_port(const Cursor& at) {
  const auto gue = GueView::parse(at.bytes);
  if (!gue || gue->header_len() == 0) return false;
  const Cursor inner = after(at, gue->header_len());
  const auto is_served = [](std::uint8_t protocol) {
    return protocol == ip_protocol::kTcp || protocol == ip_protocol::kUdp;
  };
  if (gue->protocol() == ip_protocol::kIpv4) {
    const auto ip = Ipv4View::parse(inner.bytes);
    return ip && ip->total_len() == inner.wire_len && is_served(ip->protocol()) &&
           is_intact(inner.bytes.first(ip->header_len()));
  }
  if (gue->protocol() != ip_protocol::kIpv6) return false;
  const auto ip = Ipv6View::parse(inner.bytes);
  return ip && Ipv6View::kLen + ip->payload_len() == inner.wire_len && is_served(ip->next_header());
}

bool is_l2tp(const Cursor& at) {
  const auto l2tp = L2tpView::parse(at.bytes);
  if (!l2tp) return false;
  const Cursor inner = after(at, l2tp->header_len());
  const auto ppp = PppView::parse(inner.bytes);
  if (!ppp) return false;
  const bool ip = ppp->protocol() == ppp_protocol::kIpv4 || ppp->protocol() == ppp_protocol::kIpv6;
  return ip && plausible_ip(after(inner, ppp->header_len()));
}

bool is_gtpu(const Cursor& at) {
  const auto gtpu = GtpuView::parse(at.bytes);
  return gtpu && plausible_ip(after(at, gtpu->header_len()));
}

bool is_teredo(const Cursor& at) {
  const auto teredo = TeredoView::parse(at.bytes);
  return teredo && plausible_whole_ip(after(at, teredo->header_len()));
}

bool is_ayiya(const Cursor& at) {
  const auto ayiya = AyiyaView::parse(at.bytes);
  return ayiya && plausible_ip(after(at, ayiya->header_len()));
}

Layer tunnel_by_port(std::uint16_t port, const Cursor& at) {
  switch (port) {
    case udp_tunnel_port::kL2tp:
      return is_l2tp(at) ? Layer::l2tp : Layer::none;
    case udp_tunnel_port::kGtpu:
      return is_gtpu(at) ? Layer::gtpu : Layer::none;
    case udp_tunnel_port::kTeredo:
      return is_teredo(at) ? Layer::teredo : Layer::none;
    case udp_tunnel_port::kGre:
      return is_gre(at) ? Layer::gre : Layer::none;
    case udp_tunnel_port::kVxlan:
    case udp_tunnel_port::kLinuxVxlan:
      return is_vxlan(at) ? Layer::vxlan : Layer::none;
    case udp_tunnel_port::kAyiya:
      return is_ayiya(at) ? Layer::ayiya : Layer::none;
    case udp_tunnel_port::kGue:
      return is_gue(at) ? Layer::gue : Layer::none;
    case udp_tunnel_port::kGeneve:
      return is_geneve(at) ? Layer::geneve : Layer::none;
    default:
      return Layer::none;
  }
}

}  // namespace

Layer udp_tunnel(std::uint16_t src_port, std::uint16_t dst_port, const Cursor& payload) {
  const Layer by_destination = tunnel_by_port(dst_port, payload);
  if (by_destination != Layer::none) return by_destination;
  const Layer by_source = tunnel_by_port(src_port, payload);
  if (by_source != Layer::none) return by_source;
  return is_gue_on_any_port(payload) ? Layer::gue : Layer::none;
}

}  // namespace tapstat::decode
