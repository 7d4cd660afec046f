#include "decode/checksum.h"
#include "decode/icmp.h"
#include "decode/ip_protocol.h"
#include "decode/readers.h"
#include "decode/tcp.h"
#include "decode/udp.h"
#include "decode/udp_tunnels.h"

namespace tapstat::decode {
namespace {

// That `datagram`, which the cursor is at, is not what its sender's checksum says.
[[nodiscard]] bool is_corrupt(Walk& walk, std::uint8_t protocol, Bytes datagram) {
  if (!walk.verifies() || walk.is_rerouted()) return false;
  const Packet& packet = walk.out();
  return !is_intact({packet.ip_src, packet.ip_version}, protocol, datagram);
}

// UDP over IPv4 may go without (RFC 768); over IPv6 where it carries a tunnel (RFC 6935).
[[nodiscard]] bool is_corrupt(Walk& walk, const UdpView& udp, Layer tunnel) {
  const bool may_lack = walk.out().ip_version == 4 || tunnel != Layer::none;
  if (udp.checksum() == 0 && may_lack) return false;
  Cursor datagram = walk.at;
  if (udp.length() != 0) datagram.clip(udp.length());
  return is_corrupt(walk, ip_protocol::kUdp, datagram.bytes);
}

void note_carrier(Walk& walk, const UdpView& udp, Layer tunnel) {
  const Packet& packet = walk.out();
  walk.note_carrier({.ip_src = packet.ip_src,
                     .ip_dst = packet.ip_dst,
                     .ip_len = packet.ip_len,
                     .payload_len = udp.payload_len(walk.at.wire_len),
                     .src_port = udp.src_port(),
                     .dst_port = udp.dst_port(),
                     .ip_version = packet.ip_version,
                     .tunnel = tunnel});
}

}  // namespace

void read_tcp(Walk& walk) {
  const auto tcp = TcpView::parse(walk.at);
  if (!tcp) return walk.refuse(tcp.error());
  const bool corrupt = is_corrupt(walk, ip_protocol::kTcp, walk.at.bytes);
  corrupt ? walk.finish_corrupt(Content::tcp) : walk.finish(Content::tcp);
  const Packet& packet = walk.out();
  Segment& segment = walk.out().segment;
  fill_from_tcp(*tcp, segment);
  segment.time = walk.frame().time;
  segment.frame = walk.frame().number;
  segment.ip_src = packet.ip_src;
  segment.ip_dst = packet.ip_dst;
  segment.macs = packet.macs;
  segment.vlans = packet.vlans;
  segment.tunnel = packet.tunnel;
  segment.wire_len = walk.frame().wire_len;
  segment.ip_id = packet.ip_id;
  segment.input = walk.frame().input;
  segment.ip_version = packet.ip_version;
  segment.ttl = packet.ttl;
}

void read_udp(Walk& walk) {
  const auto udp = UdpView::parse(walk.at.bytes);
  if (!udp) return walk.refuse(udp.error());
  Cursor payload = walk.at;
  if (udp->length() != 0) payload.clip(udp->length());
  payload.skip(UdpView::kLen);
  const Layer tunnel = udp_tunnel(udp->src_port(), udp->dst_port(), payload);
  if (is_corrupt(walk, *udp, tunnel)) return walk.finish_corrupt(Content::udp);
  if (tunnel == Layer::none) return walk.finish(Content::udp);
  note_carrier(walk, *udp, tunnel);
  walk.at = payload;
  walk.enter(tunnel);
}

// What an error message quotes is evidence about a packet, not one: it is left in the body.
void read_icmp(Walk& walk) {
  const auto icmp = IcmpView::parse(walk.at.bytes);
  if (!icmp) return walk.refuse(icmp.error());
  const bool v4 = walk.next() == Layer::icmp;
  const Content content = v4 ? Content::icmp : Content::icmpv6;
  // ICMP's covers no addresses, ICMPv6's does (RFC 792; RFC 4443 section 2.3).
  const bool corrupt = v4 ? walk.verifies() && !is_intact(walk.at.bytes)
                          : is_corrupt(walk, ip_protocol::kIcmpv6, walk.at.bytes);
  corrupt ? walk.finish_corrupt(content) : walk.finish(content);
}

}  // namespace tapstat::decode
