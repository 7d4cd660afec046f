// A TCP segment as the trackers take it: everything the per-packet path needs, already in host
// order.
#pragma once

#include <cstdint>

#include "capture/frame.h"

namespace tapstat::decode {

using capture::Bytes;
using capture::Timestamp;

// TCP header flags, RFC 9293 section 3.1, with the bit values of octet 13.
class TcpFlags {
 public:
  static constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10,
                                kUrg = 0x20, kEce = 0x40, kCwr = 0x80;

  constexpr TcpFlags() = default;
  explicit constexpr TcpFlags(std::uint8_t bits) : bits_(bits) {}

  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }
  [[nodiscard]] constexpr bool has_all(std::uint8_t mask) const { return (bits_ & mask) == mask; }
  [[nodiscard]] constexpr bool has_any(std::uint8_t mask) const { return (bits_ & mask) != 0; }
  [[nodiscard]] constexpr bool fin() const { return has_any(kFin); }
  [[nodiscard]] constexpr bool syn() const { return has_any(kSyn); }
  [[nodiscard]] constexpr bool rst() const { return has_any(kRst); }
  [[nodiscard]] constexpr bool ack() const { return has_any(kAck); }
  friend constexpr bool operator==(TcpFlags, TcpFlags) = default;

 private:
  std::uint8_t bits_ = 0;
};

// VLAN ids of a frame, outermost first, packed so that comparing two stacks is one instruction:
// 16 bits a tag from the low end, 0x1000 | VID, 0 for none. Tags past the fourth are not kept.
class VlanStack {
 public:
  static constexpr int kMaxTags = 4;

  // One tag as it is packed, of its TCI or VID.
  [[nodiscard]] static constexpr std::uint16_t packed_tag(std::uint16_t vid) {
    return static_cast<std::uint16_t>(0x1000u | (vid & 0x0fffu));
  }
  // Of one tag as it is packed; 0 for none.
  [[nodiscard]] static constexpr VlanStack of(std::uint16_t packed_tag) {
    VlanStack stack;
    stack.packed_ = packed_tag;
    return stack;
  }
  constexpr void push(std::uint16_t vid) {
    const int n = size();
    if (n < kMaxTags) packed_ |= std::uint64_t{packed_tag(vid)} << (16 * n);
  }
  [[nodiscard]] constexpr int size() const {
    int n = 0;
    while (n < kMaxTags && ((packed_ >> (16 * n)) & 0xffff) != 0) ++n;
    return n;
  }
  [[nodiscard]] constexpr std::uint16_t operator[](int i) const {
    return static_cast<std::uint16_t>((packed_ >> (16 * i)) & 0x0fff);
  }
  [[nodiscard]] constexpr bool empty() const { return packed_ == 0; }
  [[nodiscard]] constexpr std::uint64_t packed() const { return packed_; }  // for hashing
  friend constexpr bool operator==(VlanStack, VlanStack) = default;

 private:
  std::uint64_t packed_ = 0;
};

// Id of the tunnels around a packet, as Decoder numbers them; 0 is no tunnel.
using TunnelId = std::uint32_t;

// Plain data. The pointers are into the frame or the decoder's own buffers: valid while the batch
// is.
struct Segment {
  Timestamp time;
  std::uint64_t frame;         // Frame::number; of a reassembled datagram, its last fragment's
  const std::uint8_t* ip_src;  // 4 or 16 bytes, as ip_version says
  const std::uint8_t* ip_dst;  // right after ip_src in memory
  // Destination then source, 12 bytes, of the last Ethernet header before the packet: in a tunnel
  // that carries frames the inner one, in one that carries IP the outer. Null where not known.
  const std::uint8_t* macs;
  const std::uint8_t* options;  // TCP options
  const std::uint8_t* payload;  // captured payload
  VlanStack vlans;              // of all Ethernet headers, outermost first
  TunnelId tunnel;              // per direction: the way back has another id
  std::uint32_t seq;
  std::uint32_t ack;
  // By the IP header, whether or not all of it was captured, but no more than the frame had on the
  // wire, as in Wireshark.
  std::uint32_t payload_len;
  std::uint32_t payload_captured;
  std::uint32_t wire_len;  // of the whole frame, as captured by the tap
  std::uint16_t src_port;
  std::uint16_t dst_port;
  std::uint16_t window;  // as on the wire, unscaled
  std::uint16_t ip_id;   // IPv4 identification; 0 for IPv6
  std::uint16_t input;
  std::uint8_t options_len;  // captured bytes of options
  std::uint8_t ip_version;   // 4 or 6
  std::uint8_t ttl;          // or hop limit
  TcpFlags flags;
  // The packet ends before its TCP header does, by the IP header or on the wire: no host takes it,
  // and how long it was meant to be nobody knows.
  bool is_short;

  // Sequence space the segment takes: payload, SYN and FIN (RFC 9293 SEG.LEN).
  [[nodiscard]] constexpr std::uint32_t seg_len() const {
    return payload_len + (flags.syn() ? 1u : 0u) + (flags.fin() ? 1u : 0u);
  }
};

}  // namespace tapstat::decode
