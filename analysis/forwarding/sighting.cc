#include "analysis/forwarding/sighting.h"

#include <algorithm>
#include <bitset>

#include "analysis/content_hash.h"
#include "analysis/conversation.h"
#include "decode/ip_protocol.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::forwarding {
namespace {

// Of a datagram's bytes: what is left of them at a small snap length.
constexpr std::size_t kMostHashed = 24;
constexpr std::size_t kLeastTelling = 6;  // different values
constexpr std::size_t kHeader = 8;        // of UDP and of ICMP

// RFC 5771, RFC 4291 section 2.7, and the broadcast address.
[[nodiscard]] bool is_group(const decode::Packet& packet) {
  if (packet.ip_version == 0) return true;
  return packet.ip_version == 4 ? packet.ip_dst[0] >= 224 : packet.ip_dst[0] == 0xff;
}

// From the identifier or the ports on: what the header says of addresses is left out.
[[nodiscard]] decode::Bytes content_of(const decode::Packet& packet) {
  const decode::Bytes bytes = packet.body.subspan(kHeader);
  return bytes.first(std::min(bytes.size(), kMostHashed));
}

}  // namespace

bool is_telling(decode::Bytes bytes) {
  std::bitset<256> values;
  for (const std::uint8_t byte : bytes.first(std::min(bytes.size(), kMostHashed))) values.set(byte);
  return values.count() >= kLeastTelling;
}

Sighting sighting_of(const decode::Segment& segment) {
  Sighting s{.key = key_of(segment),
             .protocol = decode::ip_protocol::kTcp,
             .ttl = segment.ttl,
             .ip_id = segment.ip_id,
             .input = segment.input,
             .time = segment.time,
             .frame = segment.frame,
             .segment = &segment};
  const auto timestamps = decode::TcpOptions::of(segment).timestamps;
  std::uint64_t h = mix(std::uint64_t{segment.seq} << 32 | segment.ack,
                        std::uint64_t{segment.payload_len} << 32 |
                            std::uint64_t{segment.window} << 8 | segment.flags.bits());
  if (timestamps) h = mix(h, std::uint64_t{timestamps->tsval} << 32 | timestamps->tsecr);
  s.content = h | 1;
  // A number of its own, or two that only these two hosts have in common.
  s.is_telling =
      segment.flags.syn() || (segment.flags.ack() && segment.seq != 0 && segment.ack != 0);
  return s;
}

std::optional<Sighting> sighting_of(const decode::Packet& packet, const capture::Frame& frame,
                                    LinkId link) {
  using decode::Content;
  const bool is_udp = packet.content == Content::udp;
  if (is_group(packet)) return std::nullopt;  // many say the same to it, and no box rewrites it
  if (!is_udp && packet.content != Content::icmp && packet.content != Content::icmpv6) {
    return std::nullopt;
  }
  const auto conversation = conversation_of(packet);
  if (!conversation || packet.body.size() < kHeader) return std::nullopt;
  if (!is_udp && !conversation->echo) return std::nullopt;
  Sighting s{.key = conversation->directed,
             .protocol = conversation->protocol,
             .ttl = packet.ttl,
             .ip_id = packet.ip_id,
             .input = frame.input,
             .time = frame.time,
             .frame = frame.number,
             .link = link};
  const decode::Bytes content = content_of(packet);
  std::uint64_t h = mix(mix(content.size(), content), packet.body_len);
  if (!is_udp) {
    s.key.key.port[0] = s.key.key.port[1] = *conversation->echo;
    constexpr std::uint8_t kEcho = 8, kEcho6 = 128;  // RFC 792, RFC 4443 section 4.1
    s.is_request = packet.body[0] == kEcho || packet.body[0] == kEcho6;
    // Type, code and sequence number: RFC 792.
    h = mix(h, std::uint64_t{packet.body[0]} << 16 | decode::be16(packet.body, 6));
  }
  s.content = h | 1;
  s.is_telling = is_telling(content) || packet.ip_id != 0;
  return s;
}

}  // namespace tapstat::analysis::forwarding
