#include "decode/icmp.h"
#include "decode/readers.h"
#include "decode/tcp.h"
#include "decode/udp.h"
#include "decode/udp_tunnels.h"

namespace tapstat::decode {

void read_tcp(Walk& walk) {
  const auto tcp = TcpView::parse(walk.at);
  if (!tcp) return walk.refuse(tcp.error());
  walk.finish(Content::tcp);
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
  if (tunnel == Layer::none) return walk.finish(Content::udp);
  walk.at = payload;
  walk.enter(tunnel);
}

// What an error message quotes is evidence about a packet, not one: it is left in the body.
void read_icmp(Walk& walk) {
  const auto icmp = IcmpView::parse(walk.at.bytes);
  if (!icmp) return walk.refuse(icmp.error());
  walk.finish(walk.next() == Layer::icmp ? Content::icmp : Content::icmpv6);
}

}  // namespace tapstat::decode
