#include "decode/icmp_error.h"

#include "decode/icmp.h"
#include "decode/ip_protocol.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"

namespace tapstat::decode {
namespace {

// Type, code and checksum, then four bytes that only some errors use.
constexpr std::size_t kHeaderLen = 8;
// Ports and sequence number: all that an error is sure to quote (RFC 792).
constexpr std::size_t kQuotedTcpLen = 8;

// RFC 792: destination unreachable, source quench, redirect, time exceeded, parameter problem. Of
// ICMPv6 the errors are those below 128.
[[nodiscard]] bool is_error(Content content, std::uint8_t type) {
  if (content == Content::icmpv6) return type < 128;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

// The TCP header that `ip` begins with after its own; empty for another protocol's.
[[nodiscard]] Bytes enter_ipv4(Bytes ip, Segment& out) {
  const auto view = Ipv4View::parse(ip);
  if (!view || view->protocol() != ip_protocol::kTcp || view->fragment_offset() != 0) return {};
  out.ip_src = view->source();
  out.ip_dst = view->destination();
  out.ip_version = 4;
  return ip.subspan(view->header_len());
}

[[nodiscard]] Bytes enter_ipv6(Bytes ip, Segment& out) {
  const auto view = Ipv6View::parse(ip);
  if (!view || view->next_header() != ip_protocol::kTcp) return {};
  out.ip_src = view->source();
  out.ip_dst = view->destination();
  out.ip_version = 6;
  return ip.subspan(Ipv6View::kLen);
}

}  // namespace

std::optional<IcmpError> icmp_error_of(const Packet& packet, const capture::Frame& frame) {
  if (packet.content != Content::icmp && packet.content != Content::icmpv6) return std::nullopt;
  const auto icmp = IcmpView::parse(packet.body);
  if (!icmp || !is_error(packet.content, icmp->type())) return std::nullopt;
  if (packet.body.size() < kHeaderLen) return std::nullopt;
  IcmpError error{.type = icmp->type(), .code = icmp->code()};
  Segment& quoted = error.quoted;
  const Bytes ip = packet.body.subspan(kHeaderLen);
  const Bytes tcp =
      packet.content == Content::icmp ? enter_ipv4(ip, quoted) : enter_ipv6(ip, quoted);
  if (tcp.size() < kQuotedTcpLen) return std::nullopt;
  quoted.src_port = be16(tcp, 0);
  quoted.dst_port = be16(tcp, 2);
  quoted.seq = be32(tcp, 4);
  quoted.time = frame.time;
  quoted.frame = frame.number;
  quoted.vlans = packet.vlans;
  quoted.tunnel = packet.tunnel;
  quoted.input = frame.input;
  return error;
}

}  // namespace tapstat::decode
