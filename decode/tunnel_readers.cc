#include "decode/erspan.h"
#include "decode/ether_type.h"
#include "decode/geneve.h"
#include "decode/gre.h"
#include "decode/gtpu.h"
#include "decode/gue.h"
#include "decode/ipv6_over_udp.h"
#include "decode/l2tp.h"
#include "decode/readers.h"
#include "decode/vxlan.h"

namespace tapstat::decode {
namespace {

// ERSPAN names its tunnel by its own session, so GRE around it is no hop of its own.
void read_erspan_in_gre(Walk& walk, const GreView& gre) {
  walk.at.skip(gre.header_len());
  if (gre.has_sequence() || gre.protocol() == ether_type::kErspan3) {
    return walk.enter(Layer::erspan);
  }
  if (walk.push_tunnel(TunnelKind::erspan)) walk.enter(Layer::ethernet);  // type I
}

bool push_gre(Walk& walk, const GreView& gre) {
  if (const auto id = gre.tunnel_id()) return walk.push_tunnel(TunnelKind::gre, *id);
  return walk.push_tunnel(TunnelKind::gre);
}

}  // namespace

void read_gre(Walk& walk) {
  const auto gre = GreView::parse(walk.at.bytes);
  if (!gre) return walk.refuse(gre.error());
  const std::uint16_t type = gre->protocol();
  if (type == ether_type::kErspan || type == ether_type::kErspan3) {
    return read_erspan_in_gre(walk, *gre);
  }
  if (!push_gre(walk, *gre)) return;
  walk.at.skip(gre->header_len());
  walk.enter_ether_type(type);
}

void read_erspan(Walk& walk) {
  const auto erspan = ErspanView::parse(walk.at.bytes);
  if (!erspan) return walk.refuse(erspan.error());
  if (!walk.push_tunnel(TunnelKind::erspan, erspan->session())) return;
  walk.at.skip(erspan->header_len());
  if (erspan->carries_ip()) return walk.enter_ip();
  walk.enter(Layer::ethernet);
}

void read_vxlan(Walk& walk) {
  const auto vxlan = VxlanView::parse(walk.at.bytes);
  if (!vxlan) return walk.refuse(vxlan.error());
  if (!walk.push_tunnel(TunnelKind::vxlan, vxlan->vni())) return;
  walk.at.skip(VxlanView::kLen);
  walk.enter(Layer::ethernet);
}

void read_geneve(Walk& walk) {
  const auto geneve = GeneveView::parse(walk.at.bytes);
  if (!geneve) return walk.refuse(geneve.error());
  if (!walk.push_tunnel(TunnelKind::geneve, geneve->vni())) return;
  walk.at.skip(geneve->header_len());
  walk.enter_ether_type(geneve->protocol());
}

void read_gue(Walk& walk) {
  const auto gue = GueView::parse(walk.at.bytes);
  if (!gue) return walk.refuse(gue.error());
  if (!walk.push_tunnel(TunnelKind::gue)) return;
  walk.at.skip(gue->header_len());
  // IP inside is this tunnel's packet, not one more hop as after an IP header.
  if (gue->protocol() == ip_protocol::kGre) return walk.enter(Layer::gre);
  walk.enter_ip();
}

void read_gtpu(Walk& walk) {
  const auto gtpu = GtpuView::parse(walk.at.bytes);
  if (!gtpu) return walk.refuse(gtpu.error());
  if (!walk.push_tunnel(TunnelKind::gtpu, gtpu->teid())) return;
  walk.at.skip(gtpu->header_len());
  walk.enter_ip();
}

void read_l2tp(Walk& walk) {
  const auto l2tp = L2tpView::parse(walk.at.bytes);
  if (!l2tp) return walk.refuse(l2tp.error());
  if (!walk.push_tunnel(TunnelKind::l2tp, l2tp->ids())) return;
  walk.at.skip(l2tp->header_len());
  walk.enter(Layer::ppp);
}

void read_teredo(Walk& walk) {
  const auto teredo = TeredoView::parse(walk.at.bytes);
  if (!teredo) return walk.refuse(teredo.error());
  if (!walk.push_tunnel(TunnelKind::teredo)) return;
  walk.at.skip(teredo->header_len());
  walk.enter(Layer::ipv6);
}

void read_ayiya(Walk& walk) {
  const auto ayiya = AyiyaView::parse(walk.at.bytes);
  if (!ayiya) return walk.refuse(ayiya.error());
  if (!walk.push_tunnel(TunnelKind::other)) return;
  walk.at.skip(ayiya->header_len());
  walk.enter(Layer::ipv6);
}

}  // namespace tapstat::decode
