// The steps of the straight paths: one header each, inlined. Views are checked loads, so a whole
// path is compares and moves (see bench/ for the time). What one of them refuses costs a second
// look by Decoder::decode, with which none disagrees.
#pragma once

#include <cstdint>
#include <optional>

#include "decode/cursor.h"
#include "decode/ether_type.h"
#include "decode/ethernet.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"
#include "decode/linux_cooked.h"
#include "decode/segment.h"
#include "decode/tcp.h"
#include "decode/vlan.h"

namespace tapstat::decode::straight {

inline constexpr int kMaxTags = 2;

// Each steps over a link header. The EtherType found; nullopt where the general decoder must look.
inline std::optional<std::uint16_t> enter_ethernet(Cursor& at, Segment& out) {
  const auto ethernet = EthernetView::parse(at.bytes);
  if (!ethernet) return std::nullopt;
  out.macs = ethernet->macs();
  std::uint16_t type = ethernet->type();
  at.skip(EthernetView::kLen);
  for (int tags = 0; ether_type::is_vlan(type); ++tags) {
    const auto tag = VlanView::parse(at.bytes);
    if (!tag || tags == kMaxTags) return std::nullopt;
    out.vlans.push(tag->vid());
    type = tag->type();
    at.skip(VlanView::kLen);
  }
  return type;
}

template <typename View>
inline std::optional<std::uint16_t> enter_cooked(Cursor& at) {
  const auto cooked = View::parse(at.bytes);
  if (!cooked) return std::nullopt;
  at.skip(View::kLen);
  return cooked->protocol();
}

// IP without a header that says which.
inline std::optional<std::uint16_t> enter_raw(const Cursor& at) {
  if (at.bytes.empty()) return std::nullopt;
  return at.bytes[0] >> 4 == 6 ? ether_type::kIpv6 : ether_type::kIpv4;
}

inline std::optional<std::uint16_t> enter_link(capture::LinkType link, Cursor& at, Segment& out) {
  using capture::LinkType;
  switch (link) {
    case LinkType::ethernet:
      return enter_ethernet(at, out);
    case LinkType::linux_sll:
      return enter_cooked<SllView>(at);
    case LinkType::linux_sll2:
      return enter_cooked<Sll2View>(at);
    case LinkType::raw_bsd_12:
    case LinkType::raw_bsd_14:
    case LinkType::raw:
      return enter_raw(at);
    case LinkType::ipv4:
      return ether_type::kIpv4;
    case LinkType::ipv6:
      return ether_type::kIpv6;
    default:
      return std::nullopt;
  }
}

// Each steps over the header of a packet that is no fragment. The protocol inside; nullopt as
// above.
inline std::optional<std::uint8_t> enter_ipv4(Cursor& at, Segment& out) {
  const auto ip = Ipv4View::parse(at.bytes);
  if (!ip || ip->is_fragment()) return std::nullopt;
  out.ip_src = ip->source();
  out.ip_dst = ip->destination();
  out.ip_id = ip->id();
  out.ip_version = 4;
  out.ttl = ip->ttl();
  if (ip->total_len() != 0) at.clip_to_ip(ip->total_len());
  at.skip(ip->header_len());
  return ip->protocol();
}

inline std::optional<std::uint8_t> enter_ipv6(Cursor& at, Segment& out) {
  const auto ip = Ipv6View::parse(at.bytes);
  if (!ip) return std::nullopt;
  out.ip_src = ip->source();
  out.ip_dst = ip->destination();
  out.ip_id = 0;
  out.ip_version = 6;
  out.ttl = ip->hop_limit();
  at.skip(Ipv6View::kLen);
  if (ip->payload_len() != 0) at.clip_to_ip(ip->payload_len());
  return ip->next_header();
}

inline std::optional<std::uint8_t> enter_ip(std::uint16_t type, Cursor& at, Segment& out) {
  if (type == ether_type::kIpv4) return enter_ipv4(at, out);
  if (type == ether_type::kIpv6) return enter_ipv6(at, out);
  return std::nullopt;
}

// The end of the way: all of the segment that the headers before did not give, but for its tunnel.
inline bool read_tcp(const Cursor& at, const capture::Frame& frame, Segment& out) {
  const auto tcp = TcpView::parse(at);
  if (!tcp) return false;
  fill_from_tcp(*tcp, out);
  out.time = frame.time;
  out.frame = frame.number;
  out.wire_len = frame.wire_len;
  out.input = frame.input;
  return true;
}

}  // namespace tapstat::decode::straight
