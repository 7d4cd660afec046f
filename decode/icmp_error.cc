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

// What follows the headers that may stand between IP's and TCP's, the first of which is of kind
// `next`: the same ones that the decoder steps over in a packet. Empty where TCP does not follow,
// or only in another fragment.
[[nodiscard]] Bytes skip_to_tcp(Bytes at, std::uint8_t next, int ip_version) {
  while (next != ip_protocol::kTcp) {
    if (ip_version == 6 && next == ip_protocol::kFragment) {
      const auto fragment = Ipv6FragmentView::parse(at);
      if (!fragment || fragment->fragment_offset() != 0) return {};
      next = fragment->next_header();
      at = at.subspan(Ipv6FragmentView::kLen);
      continue;
    }
    const bool is_known =
        ip_version == 6 ? Ipv6ExtensionView::knows(next) : next == ip_protocol::kAuthentication;
    const auto extension = Ipv6ExtensionView::parse(at, next);
    if (!is_known || !extension) return {};
    next = extension->next_header();
    at = at.subspan(extension->header_len());
  }
  return at;
}

// The TCP header that `ip` has after its own; empty for another protocol's.
[[nodiscard]] Bytes enter_ipv4(Bytes ip, Segment& out) {
  const auto view = Ipv4View::parse(ip);
  if (!view || view->fragment_offset() != 0) return {};
  out.ip_src = view->source();
  out.ip_dst = view->destination();
  out.ip_version = 4;
  return skip_to_tcp(ip.subspan(view->header_len()), view->protocol(), 4);
}

[[nodiscard]] Bytes enter_ipv6(Bytes ip, Segment& out) {
  const auto view = Ipv6View::parse(ip);
  if (!view) return {};
  out.ip_src = view->source();
  out.ip_dst = view->destination();
  out.ip_version = 6;
  return skip_to_tcp(ip.subspan(Ipv6View::kLen), view->next_header(), 6);
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
