#include <algorithm>

#include "decode/arp.h"
#include "decode/checksum.h"
#include "decode/ether_type.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"
#include "decode/readers.h"
#include "decode/uoa.h"

namespace tapstat::decode {
namespace {

FragmentKey key_of(Walk& walk, std::uint32_t id, std::uint8_t protocol) {
  const Packet& packet = walk.out();
  FragmentKey key{.vlans = packet.vlans,
                  .tunnel = walk.tunnel_so_far(),
                  .id = id,
                  .input = walk.frame().input,
                  .protocol = protocol,
                  .ip_version = packet.ip_version};
  std::copy_n(packet.ip_src, packet.ip_version == 4 ? 8 : 32, key.addresses.begin());
  return key;
}

// The cursor is at the fragment's payload. Goes on with the datagram if this completes it.
// `header_len` is that of IP.
void read_fragment(Walk& walk, const FragmentKey& key, Fragment fragment, std::size_t header_len) {
  const bool whole = walk.at.bytes.size() == walk.at.wire_len;
  if (!whole) {
    // A cut fragment cannot be put together, but the first one has the headers: as in Wireshark it
    // is read by itself.
    if (fragment.offset == 0) return walk.enter_ip_protocol(fragment.next_header);
    return walk.stop(StopReason::fragment);
  }
  fragment.time = walk.frame().time;
  fragment.bytes = walk.at.bytes;
  const auto datagram = walk.fragments().add(key, fragment);
  if (!datagram) {
    const bool wrong = datagram.error() == Reassembler::Verdict::impossible;
    return walk.stop(wrong ? StopReason::malformed : StopReason::fragment);
  }
  if (!walk.enter_datagram(datagram->payload)) return;
  walk.out().ip_len = static_cast<std::uint32_t>(header_len + datagram->payload.size());
  walk.enter_ip_protocol(datagram->next_header);
}

void read_ipv6_fragment(Walk& walk) {
  const auto header = Ipv6FragmentView::parse(walk.at.bytes);
  if (!header) return walk.refuse(header.error());
  walk.at.skip(Ipv6FragmentView::kLen);
  if (header->is_atomic()) return walk.enter_ip_protocol(header->next_header());
  read_fragment(walk, key_of(walk, header->id(), 0),
                {.time = {},
                 .bytes = {},
                 .offset = header->fragment_offset(),
                 .more = header->more_fragments(),
                 .next_header = header->next_header()},
                Ipv6View::kLen);
}

}  // namespace

// Some links say IPv4 for either version (Cisco HDLC among them); the packet itself is right.
void read_ipv4(Walk& walk) {
  if (!walk.at.bytes.empty() && walk.at.bytes[0] >> 4 == 6) return walk.enter(Layer::ipv6);
  const auto ip = Ipv4View::parse(walk.at.bytes);
  if (!ip) return walk.refuse(ip.error());
  Packet& out = walk.out();
  out.ip_version = 4;
  out.ip_protocol = ip->protocol();
  out.ttl = ip->ttl();
  out.ip_id = ip->id();
  out.ip_src = ip->source();
  out.ip_dst = ip->destination();
  out.ip_len = ip->total_len();
  out.ip_options = ip->options();
  if (walk.verifies() && !is_intact(walk.at.bytes.first(ip->header_len()))) {
    return walk.stop(StopReason::bad_checksum);
  }
  if (ip->total_len() != 0) walk.at.clip_to_ip(ip->total_len());
  walk.at.skip(ip->header_len());
  if (!ip->is_fragment()) return walk.enter_ip_protocol(ip->protocol());
  read_fragment(walk, key_of(walk, ip->id(), ip->protocol()),
                {.time = {},
                 .bytes = {},
                 .offset = ip->fragment_offset(),
                 .more = ip->more_fragments(),
                 .next_header = ip->protocol()},
                ip->header_len());
}

void read_ipv6(Walk& walk) {
  const auto ip = Ipv6View::parse(walk.at.bytes);
  if (!ip) return walk.refuse(ip.error());
  Packet& out = walk.out();
  out.ip_version = 6;
  out.ip_protocol = ip->next_header();
  out.ttl = ip->hop_limit();
  out.ip_id = 0;
  out.ip_src = ip->source();
  out.ip_dst = ip->destination();
  out.ip_options = {};
  walk.at.skip(Ipv6View::kLen);
  out.ip_len = static_cast<std::uint32_t>(Ipv6View::kLen) + ip->payload_len();
  if (ip->payload_len() != 0) walk.at.clip_to_ip(ip->payload_len());
  walk.enter_ip_protocol(ip->next_header());
}

void read_ipv6_extension(Walk& walk) {
  const std::uint8_t kind = walk.out().ip_protocol;
  if (kind == ip_protocol::kFragment) return read_ipv6_fragment(walk);
  const auto extension = Ipv6ExtensionView::parse(walk.at.bytes, kind);
  if (!extension) return walk.refuse(extension.error());
  if (kind == ip_protocol::kRouting && extension->segments_left() != 0) walk.note_rerouting();
  walk.at.skip(extension->header_len());
  walk.enter_ip_protocol(extension->next_header());
}

void read_uoa(Walk& walk) {
  const auto uoa = UoaView::parse(walk.at.bytes);
  if (!uoa) return walk.finish(Content::ip_other);
  walk.out().uoa_options = uoa->options();
  walk.at.skip(uoa->header_len());
  walk.enter_ip_protocol(uoa->next_protocol());
}

void read_arp(Walk& walk) {
  const auto arp = ArpView::parse(walk.at.bytes);
  if (!arp) return walk.refuse(arp.error());
  const bool reverse = walk.out().ether_type == ether_type::kRarp;
  walk.finish(reverse ? Content::rarp : Content::arp);
}

}  // namespace tapstat::decode
