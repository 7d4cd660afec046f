#include "decode/walk.h"

#include "decode/decoder.h"
#include "decode/ether_type.h"
#include "decode/ip_protocol.h"
#include "decode/ipv6.h"

namespace tapstat::decode {
namespace {

using capture::LinkType;

Layer layer_of_link_type(std::uint32_t link_type) {
  switch (LinkType{static_cast<std::uint16_t>(link_type)}) {
    case LinkType::null:
    case LinkType::loop:
      return Layer::null;
    case LinkType::ethernet:
      return Layer::ethernet;
    case LinkType::arcnet:
    case LinkType::arcnet_linux:
      return Layer::arcnet;
    case LinkType::ppp:
    case LinkType::ppp_hdlc:
      return Layer::ppp;
    case LinkType::fddi:
      return Layer::fddi;
    case LinkType::pppoe:
      return Layer::pppoe;
    case LinkType::c_hdlc:
      return Layer::c_hdlc;
    case LinkType::ieee802_11:
      return Layer::ieee80211;
    case LinkType::linux_sll:
      return Layer::sll;
    case LinkType::linux_sll2:
      return Layer::sll2;
    case LinkType::ieee802_11_radiotap:
      return Layer::radiotap;
    case LinkType::ppi:
      return Layer::ppi;
    case LinkType::nflog:
      return Layer::nflog;
    case LinkType::ipv4:
      return Layer::ipv4;
    case LinkType::ipv6:
      return Layer::ipv6;
    default:
      return Layer::none;
  }
}

Layer layer_of_ether_type(std::uint16_t type) {
  switch (type) {
    case ether_type::kIpv4:
      return Layer::ipv4;
    case ether_type::kIpv6:
      return Layer::ipv6;
    case ether_type::kArp:
    case ether_type::kRarp:
      return Layer::arp;
    case ether_type::kVlan:
    case ether_type::kServiceVlan:
    case ether_type::kOldQinQ:
      return Layer::vlan;
    case ether_type::kMplsUnicast:
    case ether_type::kMplsMulticast:
      return Layer::mpls;
    case ether_type::kPppoeDiscovery:
    case ether_type::kPppoeSession:
      return Layer::pppoe;
    case ether_type::kPpp:
      return Layer::ppp;
    case ether_type::kTransparentEthernet:
      return Layer::ethernet;
    case ether_type::kFabricPath:
      return Layer::fabric_path;
    default:
      return Layer::none;
  }
}

bool is_raw_ip(std::uint32_t link_type) {
  return link_type == static_cast<std::uint32_t>(LinkType::raw) ||
         link_type == static_cast<std::uint32_t>(LinkType::raw_bsd_12) ||
         link_type == static_cast<std::uint32_t>(LinkType::raw_bsd_14);
}

}  // namespace

bool decodes(LinkType link) {
  const auto value = static_cast<std::uint32_t>(link);
  return is_raw_ip(value) || layer_of_link_type(value) != Layer::none;
}

Walk::Walk(const capture::Frame& frame, const Memory& memory, Packet& out)
    : at(start_of(frame)), frame_(frame), memory_(memory), out_(out) {
  static_cast<PacketHeaders&>(out_) = {};
}

void Walk::enter_link_type(std::uint32_t link_type) {
  if (is_raw_ip(link_type)) return enter_ip();
  enter(link_type > 0xffff ? Layer::none : layer_of_link_type(link_type));
  if (done()) stop(StopReason::unsupported);
}

void Walk::enter_ether_type(std::uint16_t type) {
  out_.ether_type = type;
  enter(layer_of_ether_type(type));
  if (done()) stop(StopReason::unsupported);
}

void Walk::enter_type_or_length(std::uint16_t type_or_length) {
  if (type_or_length > ether_type::kMax8023Length) return enter_ether_type(type_or_length);
  out_.ether_type = 0;
  at.clip(type_or_length);
  enter(Layer::llc);
}

void Walk::enter_ip_protocol(std::uint8_t protocol) {
  out_.ip_protocol = protocol;
  const bool v4 = out_.ip_version == 4;
  if (protocol == ip_protocol::kAuthentication || (!v4 && Ipv6ExtensionView::knows(protocol)) ||
      (!v4 && protocol == ip_protocol::kFragment)) {
    return enter(Layer::ipv6_extension);
  }
  switch (protocol) {
    case ip_protocol::kTcp:
      return enter(Layer::tcp);
    case ip_protocol::kUdp:
      return enter(Layer::udp);
    case ip_protocol::kIcmp:
      return enter(Layer::icmp);
    case ip_protocol::kIcmpv6:
      return enter(Layer::icmpv6);
    case ip_protocol::kSctp:
      return finish(Content::sctp);
    case ip_protocol::kGre:
      return enter(Layer::gre);
    case ip_protocol::kMpls:
      return enter(Layer::mpls);
    case ip_protocol::kUoa:
      return enter(Layer::uoa);
    case ip_protocol::kIpv4:
      if (push_tunnel(ip_tunnel_kind(out_.ip_version, 4))) enter(Layer::ipv4);
      return;
    case ip_protocol::kIpv6:
      if (push_tunnel(ip_tunnel_kind(out_.ip_version, 6))) enter(Layer::ipv6);
      return;
    default:
      return finish(Content::ip_other);
  }
}

void Walk::enter_ip() {
  // An empty or odd packet is refused by the IPv4 reader, which says why.
  enter(!at.bytes.empty() && at.bytes[0] >> 4 == 6 ? Layer::ipv6 : Layer::ipv4);
}

void Walk::finish(Content content) {
  out_.content = content;
  out_.body = at.bytes;
  out_.body_len = at.wire_len;
  out_.tunnel = tunnel_so_far();
  next_ = Layer::none;
}

void Walk::finish_corrupt(Content content) {
  out_.stop = {.reason = StopReason::bad_checksum, .layer = next_, .offset = at.offset};
  finish(content);
}

// One for each tunnel at most, of which there are no more than places.
void Walk::note_carrier(const Carrier& carrier) {
  Carriers& carriers = memory_.carriers;
  if (carriers.count < carriers.list.size()) carriers.list[carriers.count++] = carrier;
}

void Walk::stop(StopReason reason) {
  out_.stop = {.reason = reason, .layer = next_, .offset = at.offset};
  out_.tunnel = tunnel_so_far();
  next_ = Layer::none;
}

void Walk::refuse(DecodeError error) {
  const bool cut = error.kind == DecodeError::Kind::too_short && error.value <= at.wire_len;
  const std::uint32_t inside = error.kind == DecodeError::Kind::invalid ? error.value : 0;
  stop(cut ? StopReason::truncated : StopReason::malformed);
  out_.stop.offset += inside;
}

bool Walk::push_tunnel(TunnelKind kind) {
  if (depth_ == memory_.hops.size()) {
    stop(StopReason::too_deep);
    return false;
  }
  memory_.hops[depth_++] = tunnel_key(kind, out_.ip_src, out_.ip_dst, out_.ip_version);
  return true;
}

bool Walk::push_tunnel(TunnelKind kind, std::uint32_t id) {
  if (!push_tunnel(kind)) return false;
  memory_.hops[depth_ - 1].has_id = true;
  memory_.hops[depth_ - 1].id = id;
  return true;
}

bool Walk::enter_datagram(Bytes payload) {
  if (datagrams_ == kMaxTunnels) {
    stop(StopReason::too_deep);
    return false;
  }
  ++datagrams_;
  at = {.bytes = payload, .wire_len = static_cast<std::uint32_t>(payload.size()), .offset = 0};
  return true;
}

}  // namespace tapstat::decode
