// What decoding found in one frame, layer by layer, and where and why it stopped.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "decode/segment.h"

namespace tapstat::decode {

enum class Layer : std::uint8_t {
  none,
  ethernet,
  sll,
  sll2,
  null,
  ppp,
  pppoe,
  c_hdlc,
  ieee80211,
  radiotap,
  vlan,
  mpls,
  llc,
  snap,
  ipv4,
  ipv6,
  ipv6_extension,
  tcp,
  udp,
  icmp,
  icmpv6,
  sctp,
  arp,
  bpdu,
  gre,
  erspan,
  vxlan,
  geneve,
  gue,
  gtpu,
  l2tp,
  teredo,
  ayiya,
  fabric_path,
  fddi,
  arcnet,
  ppi,
  nflog,
  uoa,
};

enum class StopReason : std::uint8_t {
  done,          // everything the decoders know was read
  truncated,     // the capture's snap length cut it
  malformed,     // bytes that no correct sender makes
  unsupported,   // a protocol or link type no decoder understands
  fragment,      // an IP fragment whose datagram is not complete (yet)
  too_deep,      // more tunnels than kMaxTunnels
  bad_checksum,  // verified, and wrong: of IP (then there is no content) or of the content itself
};

struct Stop {
  StopReason reason = StopReason::done;
  Layer layer = Layer::none;  // the one that could not be read
  std::uint32_t offset = 0;   // from the start of the frame (of the datagram when reassembled)
};

enum class TunnelKind : std::uint8_t {
  ipip,
  sixin4,
  fourin6,
  ip6ip6,
  gre,
  erspan,
  vxlan,
  geneve,
  gue,
  gtpu,
  l2tp,
  teredo,
  mpls,
  pppoe,
  other,
};

inline constexpr int kMaxTunnels = 8;

// One encapsulation around a packet, as one direction shows it. The addresses are those of the IP
// header around it, as IPv6, IPv4 ones mapped (::ffff:a.b.c.d); zero where there is none (MPLS,
// PPPoE).
struct TunnelHop {
  TunnelKind kind = TunnelKind::other;
  std::array<std::uint8_t, 16> outer_src{}, outer_dst{};
  bool has_id = false;
  // GRE key (PPTP: call id), ERSPAN session, VNI, TEID, L2TP tunnel and session, bottom MPLS label,
  // PPPoE session.
  std::uint32_t id = 0;
  friend bool operator==(const TunnelHop&, const TunnelHop&) = default;
};

// A UDP datagram with a tunnel inside: what its own conversation shows of it. Pointers are borrowed
// as Segment's are.
struct Carrier {
  const std::uint8_t* ip_src = nullptr;
  const std::uint8_t* ip_dst = nullptr;
  std::uint32_t ip_len = 0;       // as Packet::ip_len
  std::uint32_t payload_len = 0;  // of UDP, by its header
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  std::uint8_t ip_version = 0;
  Layer tunnel = Layer::none;  // what is inside
};

// What the innermost layer that was read is.
enum class Content : std::uint8_t {
  none,
  tcp,
  udp,
  icmp,
  icmpv6,
  sctp,
  ip_other,
  arp,
  rarp,
  bpdu,
};

// All of a Packet but its segment: reset for each frame, which is not worth the time for a segment
// that nobody reads.
struct PacketHeaders {
  Content content = Content::none;
  Stop stop;
  std::uint8_t ip_version = 0;   // innermost IP header; 0 for none
  std::uint8_t ip_protocol = 0;  // after all extension headers
  std::uint8_t ttl = 0;
  bool is_cisco = false;  // of a BPDU: behind SNAP, as PVST+ sends it
  std::uint16_t ip_id = 0;
  // Of the innermost IP packet, all headers included, as its header counts it (that of IPv4 not at
  // all where a network card was to cut it); of one put together from fragments, as it was before.
  std::uint32_t ip_len = 0;
  std::uint16_t ether_type = 0;          // 0 where the link has none
  const std::uint8_t* macs = nullptr;    // as in Segment
  const std::uint8_t* ip_src = nullptr;  // as in Segment
  const std::uint8_t* ip_dst = nullptr;
  VlanStack vlans;
  TunnelId tunnel = 0;
  Bytes ip_options;            // of the innermost IP header, where that is IPv4
  Bytes uoa_options;           // of DPVS's header before UDP (decode/uoa.h), which is read over
  Bytes body;                  // from the content's own header on, as far as captured
  std::uint32_t body_len = 0;  // what that length was on the wire
  std::span<const Carrier> carriers;  // around it, outermost first; valid until the next packet
};

// Plain data; pointers are borrowed as Segment's are. Fields past `content` hold only what was
// reached.
struct Packet : PacketHeaders {
  Segment segment{};  // what it holds is this packet's only when content is tcp
};

}  // namespace tapstat::decode
