#include "decode/fast_tunnels.h"

#include <span>

#include "decode/geneve.h"
#include "decode/gre.h"
#include "decode/gtpu.h"
#include "decode/ip_protocol.h"
#include "decode/mpls.h"
#include "decode/ppp.h"
#include "decode/straight.h"
#include "decode/tunnel_key.h"
#include "decode/udp.h"
#include "decode/udp_tunnels.h"
#include "decode/vxlan.h"

namespace tapstat::decode {
namespace {

using straight::enter_ethernet;
using straight::enter_raw;

// The EtherType of what a tunnel carries; nullopt where the general decoder must look.
using Inside = std::optional<std::uint16_t>;

// What stands around the tunnel, and what it does to the segment inside.
struct Way {
  Cursor at;
  Segment& out;
  TunnelKey tunnel{};

  void push(TunnelKind kind) { tunnel = tunnel_key(kind, out.ip_src, out.ip_dst, out.ip_version); }
  void push(TunnelKind kind, std::uint32_t id) {
    push(kind);
    tunnel.has_id = true;
    tunnel.id = id;
  }
  [[nodiscard]] Inside enter(std::uint16_t type) {
    return type == ether_type::kTransparentEthernet ? enter_ethernet(at, out) : Inside{type};
  }
};

inline Inside enter_gre(Way& way) {
  const auto gre = GreView::parse(way.at.bytes);
  if (!gre) return std::nullopt;
  const auto id = gre->tunnel_id();
  id ? way.push(TunnelKind::gre, *id) : way.push(TunnelKind::gre);
  way.at.skip(gre->header_len());
  return way.enter(gre->protocol());
}

inline Inside enter_vxlan(Way& way) {
  const auto vxlan = VxlanView::parse(way.at.bytes);
  if (!vxlan) return std::nullopt;
  way.push(TunnelKind::vxlan, vxlan->vni());
  way.at.skip(VxlanView::kLen);
  return enter_ethernet(way.at, way.out);
}

inline Inside enter_geneve(Way& way) {
  const auto geneve = GeneveView::parse(way.at.bytes);
  if (!geneve) return std::nullopt;
  way.push(TunnelKind::geneve, geneve->vni());
  way.at.skip(geneve->header_len());
  return way.enter(geneve->protocol());
}

inline Inside enter_gtpu(Way& way) {
  const auto gtpu = GtpuView::parse(way.at.bytes);
  if (!gtpu) return std::nullopt;
  way.push(TunnelKind::gtpu, gtpu->teid());
  way.at.skip(gtpu->header_len());
  return enter_raw(way.at);
}

// udp_tunnel() asks whether what follows the tunnel's header is plausible: a packet that is read to
// its TCP header is.
inline Inside enter_udp(Way& way) {
  const auto udp = UdpView::parse(way.at.bytes);
  if (!udp) return std::nullopt;
  if (udp->length() != 0) way.at.clip(udp->length());
  way.at.skip(UdpView::kLen);
  switch (udp->dst_port()) {
    case udp_tunnel_port::kVxlan:
    case udp_tunnel_port::kLinuxVxlan:
      return enter_vxlan(way);
    case udp_tunnel_port::kGeneve:
      return enter_geneve(way);
    case udp_tunnel_port::kGtpu:
      return enter_gtpu(way);
    default:
      return std::nullopt;
  }
}

inline Inside enter_mpls(Way& way) {
  for (;;) {
    const auto entry = MplsView::parse(way.at.bytes);
    if (!entry) return std::nullopt;
    way.at.skip(MplsView::kLen);
    if (!entry->bottom_of_stack()) continue;
    way.push(TunnelKind::mpls, entry->label());
    return enter_raw(way.at);
  }
}

inline Inside enter_pppoe(Way& way) {
  const auto pppoe = PppoeView::parse(way.at.bytes);
  if (!pppoe || pppoe->code() != PppoeView::kSessionData) return std::nullopt;
  way.push(TunnelKind::pppoe, pppoe->session());
  way.at.skip(PppoeView::kLen);
  way.at.clip(pppoe->payload_len());
  const auto ppp = PppView::parse(way.at.bytes);
  if (!ppp) return std::nullopt;
  way.at.skip(ppp->header_len());
  switch (ppp->protocol()) {
    case ppp_protocol::kIpv4:
      return ether_type::kIpv4;
    case ppp_protocol::kIpv6:
      return ether_type::kIpv6;
    default:
      return std::nullopt;
  }
}

inline Inside enter_ip_payload(std::uint8_t protocol, Way& way) {
  switch (protocol) {
    case ip_protocol::kGre:
      return enter_gre(way);
    case ip_protocol::kUdp:
      return enter_udp(way);
    case ip_protocol::kIpv4:
      way.push(ip_tunnel_kind(way.out.ip_version, 4));
      return ether_type::kIpv4;
    case ip_protocol::kIpv6:
      way.push(ip_tunnel_kind(way.out.ip_version, 6));
      return ether_type::kIpv6;
    default:
      return std::nullopt;
  }
}

// Up to what the outermost tunnel carries.
inline Inside enter_tunnel(capture::LinkType link, Way& way) {
  const auto type = straight::enter_link(link, way.at, way.out);
  if (!type) return std::nullopt;
  switch (*type) {
    case ether_type::kIpv4:
    case ether_type::kIpv6: {
      const auto protocol = straight::enter_ip(*type, way.at, way.out);
      return protocol ? enter_ip_payload(*protocol, way) : std::nullopt;
    }
    case ether_type::kMplsUnicast:
    case ether_type::kMplsMulticast:
      return enter_mpls(way);
    case ether_type::kPppoeSession:
      return enter_pppoe(way);
    default:
      return std::nullopt;
  }
}

}  // namespace

bool decode_tunnelled_tcp(const capture::Frame& frame, TunnelTable& tunnels, Segment& out) {
  out.macs = nullptr;
  out.vlans = {};
  out.ip_version = 0;
  Way way{.at = start_of(frame), .out = out};
  const Inside type = enter_tunnel(frame.link, way);
  if (!type || straight::enter_ip(*type, way.at, out) != ip_protocol::kTcp) return false;
  if (!straight::read_tcp(way.at, frame, out)) return false;
  out.tunnel = tunnels.intern(std::span(&way.tunnel, 1));
  return true;
}

}  // namespace tapstat::decode
