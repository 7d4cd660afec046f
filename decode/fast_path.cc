#include <optional>

#include "decode/cursor.h"
#include "decode/decoder.h"
#include "decode/ether_type.h"
#include "decode/ethernet.h"
#include "decode/ip_protocol.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"
#include "decode/linux_cooked.h"
#include "decode/tcp.h"
#include "decode/vlan.h"

// Everything here is inlined into decode_tcp: views are checked loads, so the whole is compares and
// moves (see bench/ for the time). What it refuses costs a second look by Decoder::decode.
namespace tapstat::decode {
namespace {

using capture::LinkType;

constexpr int kMaxFastTags = 2;

// Steps over the link header. The EtherType found; nullopt where the general decoder must look.
inline std::optional<std::uint16_t> enter_ethernet(Cursor& at, Segment& out) {
  const auto ethernet = EthernetView::parse(at.bytes);
  if (!ethernet) return std::nullopt;
  out.macs = ethernet->macs();
  std::uint16_t type = ethernet->type();
  at.skip(EthernetView::kLen);
  for (int tags = 0; ether_type::is_vlan(type); ++tags) {
    const auto tag = VlanView::parse(at.bytes);
    if (!tag || tags == kMaxFastTags) return std::nullopt;
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

inline std::optional<std::uint16_t> enter_raw(const Cursor& at) {
  if (at.bytes.empty()) return std::nullopt;
  return at.bytes[0] >> 4 == 6 ? ether_type::kIpv6 : ether_type::kIpv4;
}

inline std::optional<std::uint16_t> enter_link(LinkType link, Cursor& at, Segment& out) {
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

inline bool enter_ipv4(Cursor& at, Segment& out) {
  const auto ip = Ipv4View::parse(at.bytes);
  if (!ip || ip->protocol() != ip_protocol::kTcp || ip->is_fragment()) return false;
  out.ip_src = ip->source();
  out.ip_dst = ip->destination();
  out.ip_id = ip->id();
  out.ip_version = 4;
  out.ttl = ip->ttl();
  if (ip->total_len() != 0) at.clip_to_ip(ip->total_len());
  at.skip(ip->header_len());
  return true;
}

inline bool enter_ipv6(Cursor& at, Segment& out) {
  const auto ip = Ipv6View::parse(at.bytes);
  if (!ip || ip->next_header() != ip_protocol::kTcp) return false;
  out.ip_src = ip->source();
  out.ip_dst = ip->destination();
  out.ip_id = 0;
  out.ip_version = 6;
  out.ttl = ip->hop_limit();
  at.skip(Ipv6View::kLen);
  if (ip->payload_len() != 0) at.clip_to_ip(ip->payload_len());
  return true;
}

inline bool enter_ip(std::uint16_t type, Cursor& at, Segment& out) {
  if (type == ether_type::kIpv4) return enter_ipv4(at, out);
  if (type == ether_type::kIpv6) return enter_ipv6(at, out);
  return false;
}

}  // namespace

bool decode_tcp(const capture::Frame& frame, Segment& out) {
  Cursor at = start_of(frame);
  out.macs = nullptr;
  out.vlans = {};
  const auto type = enter_link(frame.link, at, out);
  if (!type || !enter_ip(*type, at, out)) return false;
  const auto tcp = TcpView::parse(at);
  if (!tcp) return false;
  fill_from_tcp(*tcp, out);
  out.time = frame.time;
  out.frame = frame.number;
  out.tunnel = 0;
  out.wire_len = frame.wire_len;
  out.input = frame.input;
  return true;
}

}  // namespace tapstat::decode
