#include "decode/plain_tcp.h"

namespace tapstat::decode {

std::optional<PlainTcp> PlainTcp::parse_other(const capture::Frame& frame) {
  const Bytes b = frame.bytes();
  std::size_t at = EthernetView::kLen;
  if (frame.link != capture::LinkType::ethernet || b.size() < at + VlanView::kLen) {
    return std::nullopt;
  }
  std::uint16_t type = be16(b, at - 2);
  std::uint16_t tag = 0;
  if (ether_type::is_vlan(type)) {
    tag = VlanStack::packed_tag(be16(b, at));
    type = be16(b, at + 2);
    at += VlanView::kLen;
  }
  const auto where_it_fits = [](const PlainTcp& plain) {
    return plain.fits() ? std::optional{plain} : std::nullopt;
  };
  if (type == ether_type::kIpv4) {
    const bool is_there = b.size() >= at + Ipv4View::kMinLen + TcpView::kMinLen;
    if (!is_there || b[at] != kIpv4Begins || !is_whole_tcp(b, at)) return std::nullopt;
    return where_it_fits(in_ipv4(frame, at, tag));
  }
  const std::size_t tcp = at + Ipv6View::kLen;
  if (type != ether_type::kIpv6 || b.size() < tcp + TcpView::kMinLen) return std::nullopt;
  const auto ip = Ipv6View::parse(b.subspan(at));
  if (!ip || ip->next_header() != ip_protocol::kTcp) return std::nullopt;
  return where_it_fits({frame, at, tcp, ip->payload_len(), true, tag});
}

void PlainTcp::write_to(Segment& out) const {
  const capture::Frame& f = *frame_;
  const std::uint32_t captured = std::min<std::uint32_t>(f.captured_len, tcp_ + tcp_len_);
  const std::uint32_t payload = std::min<std::uint32_t>(captured, tcp_ + header_len());
  out.time = f.time;
  out.frame = f.number;
  out.ip_src = source();
  out.ip_dst = destination();
  out.macs = f.data;
  out.options = f.data + tcp_ + TcpView::kMinLen;
  out.payload = f.data + payload;
  out.vlans = VlanStack::of(tag_);
  out.tunnel = 0;
  out.seq = seq();
  out.ack = ack();
  out.payload_len = payload_len();
  out.payload_captured = captured - payload;
  out.wire_len = f.wire_len;
  out.src_port = src_port();
  out.dst_port = dst_port();
  out.window = window();
  out.ip_id = is_ipv6_ ? std::uint16_t{0} : be16({ip(), Ipv4View::kMinLen}, 4);
  out.input = f.input;
  out.options_len = static_cast<std::uint8_t>(payload - tcp_ - TcpView::kMinLen);
  out.ip_version = ip_version();
  out.ttl = ip()[is_ipv6_ ? 7 : 8];
  out.flags = flags();
  out.is_short = false;
}

}  // namespace tapstat::decode
