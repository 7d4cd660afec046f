#include <algorithm>
#include <array>

#include "decode/ether_type.h"
#include "decode/ethernet.h"
#include "decode/legacy_links.h"
#include "decode/linux_cooked.h"
#include "decode/llc.h"
#include "decode/loopback.h"
#include "decode/mpls.h"
#include "decode/plausible.h"
#include "decode/ppp.h"
#include "decode/readers.h"
#include "decode/vlan.h"

namespace tapstat::decode {
namespace {

void enter_cooked_protocol(Walk& walk, std::uint16_t protocol) {
  if (protocol == kSllLlc) return walk.enter(Layer::llc);
  if (protocol == kSllNovell8023) return walk.stop(StopReason::unsupported);
  walk.enter_ether_type(protocol);
}

// GARP (GVRP, GMRP) has the LLC address of BPDUs, and group addresses of its own, 802.1D-2004
// table 12-1 and, for provider bridges, 802.1Q table 8-1.
[[nodiscard]] bool is_registration(const std::uint8_t* macs) {
  constexpr std::array<std::uint8_t, 5> kBridgeGroup = {0x01, 0x80, 0xc2, 0x00, 0x00};
  return macs != nullptr && std::equal(kBridgeGroup.begin(), kBridgeGroup.end(), macs) &&
         (macs[5] == 0x0d || (macs[5] & 0xf0) == 0x20);
}

}  // namespace

void read_ethernet(Walk& walk) {
  const auto ethernet = EthernetView::parse(walk.at.bytes);
  if (!ethernet) return walk.refuse(ethernet.error());
  walk.out().macs = ethernet->macs();
  walk.at.skip(EthernetView::kLen);
  walk.enter_type_or_length(ethernet->type());
}

void read_vlan(Walk& walk) {
  const auto tag = VlanView::parse(walk.at.bytes);
  if (!tag) return walk.refuse(tag.error());
  walk.out().vlans.push(tag->vid());
  walk.at.skip(VlanView::kLen);
  walk.enter_type_or_length(tag->type());
}

// Cisco FabricPath: an Ethernet header, tag and hop count of the fabric before the frame itself.
void read_fabric_path(Walk& walk) {
  constexpr std::size_t kTagLen = 2;
  if (walk.at.bytes.size() < kTagLen) {
    return walk.refuse({DecodeError::Kind::too_short, kTagLen});
  }
  walk.at.skip(kTagLen);
  walk.enter(Layer::ethernet);
}

void read_sll(Walk& walk) {
  const auto sll = SllView::parse(walk.at.bytes);
  if (!sll) return walk.refuse(sll.error());
  walk.at.skip(SllView::kLen);
  enter_cooked_protocol(walk, sll->protocol());
}

void read_sll2(Walk& walk) {
  const auto sll2 = Sll2View::parse(walk.at.bytes);
  if (!sll2) return walk.refuse(sll2.error());
  walk.at.skip(Sll2View::kLen);
  enter_cooked_protocol(walk, sll2->protocol());
}

void read_loopback(Walk& walk) {
  const auto loopback = LoopbackView::parse(walk.at.bytes);
  if (!loopback) return walk.refuse(loopback.error());
  if (!loopback->is_ipv4() && !loopback->is_ipv6()) return walk.stop(StopReason::unsupported);
  walk.at.skip(LoopbackView::kLen);
  walk.enter(loopback->is_ipv4() ? Layer::ipv4 : Layer::ipv6);
}

void read_ppp(Walk& walk) {
  const auto ppp = PppView::parse(walk.at.bytes);
  if (!ppp) return walk.refuse(ppp.error());
  walk.at.skip(ppp->header_len());
  switch (ppp->protocol()) {
    case ppp_protocol::kIpv4:
      return walk.enter(Layer::ipv4);
    case ppp_protocol::kIpv6:
      return walk.enter(Layer::ipv6);
    case ppp_protocol::kMplsUnicast:
    case ppp_protocol::kMplsMulticast:
      return walk.enter(Layer::mpls);
    default:
      return walk.stop(StopReason::unsupported);
  }
}

void read_pppoe(Walk& walk) {
  const auto pppoe = PppoeView::parse(walk.at.bytes);
  if (!pppoe) return walk.refuse(pppoe.error());
  if (pppoe->code() != PppoeView::kSessionData) return walk.stop(StopReason::unsupported);
  if (!walk.push_tunnel(TunnelKind::pppoe, pppoe->session())) return;
  walk.at.skip(PppoeView::kLen);
  walk.at.clip(pppoe->payload_len());
  walk.enter(Layer::ppp);
}

void read_c_hdlc(Walk& walk) {
  const auto hdlc = CHdlcView::parse(walk.at.bytes);
  if (!hdlc) return walk.refuse(hdlc.error());
  walk.at.skip(CHdlcView::kLen);
  walk.enter_ether_type(hdlc->type());
}

void read_fddi(Walk& walk) {
  const auto fddi = FddiView::parse(walk.at.bytes);
  if (!fddi) return walk.refuse(fddi.error());
  if (!fddi->is_llc()) return walk.stop(StopReason::unsupported);
  walk.at.skip(FddiView::kLen);
  walk.enter(Layer::llc);
}

void read_arcnet(Walk& walk) {
  const bool has_offset = walk.frame().link == capture::LinkType::arcnet_linux;
  const auto arcnet = ArcnetView::parse(walk.at.bytes, has_offset);
  if (!arcnet) return walk.refuse(arcnet.error());
  walk.at.skip(arcnet->header_len());
  walk.enter_ether_type(arcnet->ether_type());
}

void read_llc(Walk& walk) {
  const auto llc = LlcView::parse(walk.at.bytes);
  if (!llc) return walk.refuse(llc.error());
  if (!llc->is_unnumbered_information()) return walk.stop(StopReason::unsupported);
  walk.at.skip(LlcView::kLen);
  switch (llc->dsap()) {
    case kSapSnap:
      return walk.enter(Layer::snap);
    case kSapBpdu:
      if (is_registration(walk.out().macs)) return walk.stop(StopReason::unsupported);
      return walk.finish(Content::bpdu);
    case kSapIp:
      return walk.enter(Layer::ipv4);
    default:
      return walk.stop(StopReason::unsupported);
  }
}

void read_snap(Walk& walk) {
  const auto snap = SnapView::parse(walk.at.bytes);
  if (!snap) return walk.refuse(snap.error());
  walk.at.skip(SnapView::kLen);
  if (snap->has_ether_type()) return walk.enter_ether_type(snap->protocol());
  const bool pvst = snap->oui() == SnapView::kOuiCisco && snap->protocol() == SnapView::kCiscoPvst;
  if (!pvst) return walk.stop(StopReason::unsupported);
  walk.out().is_cisco = true;
  walk.finish(Content::bpdu);
}

void read_mpls(Walk& walk) {
  const auto entry = MplsView::parse(walk.at.bytes);
  if (!entry) return walk.refuse(entry.error());
  if (!entry->bottom_of_stack()) return walk.at.skip(MplsView::kLen);
  if (!walk.push_tunnel(TunnelKind::mpls, entry->label())) return;
  walk.at.skip(MplsView::kLen);
  // Nothing in the stack says what follows (RFC 3032 section 2.2): the first four bits do for IP,
  // and a pseudowire's control word begins with zeros (RFC 4385 section 3).
  if (walk.at.bytes.empty()) return walk.refuse({DecodeError::Kind::too_short, 1});
  const unsigned version = walk.at.bytes[0] >> 4;
  if (version == 4 || version == 6) return walk.enter_ip();
  Cursor behind_control_word = walk.at;
  if (behind_control_word.bytes.size() >= 4) behind_control_word.skip(4);
  if (!plausible_ethernet(walk.at)) {
    if (!plausible_ethernet(behind_control_word)) return walk.stop(StopReason::unsupported);
    walk.at = behind_control_word;
  }
  walk.enter(Layer::ethernet);
}

}  // namespace tapstat::decode
