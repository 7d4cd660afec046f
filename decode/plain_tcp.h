// A TCP segment read where it lies in a frame of the shape that nearly all have.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "capture/frame.h"
#include "decode/ether_type.h"
#include "decode/ethernet.h"
#include "decode/ip_protocol.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"
#include "decode/segment.h"
#include "decode/tcp.h"
#include "decode/vlan.h"

namespace tapstat::decode {

// Ethernet with at most one VLAN tag; IPv4 without options or IPv6 without extension headers, no
// fragment; and a TCP header that lies inside all lengths. So each field stands where it always
// does, and a caller who wants only some of them pays for no others. Borrows the frame.
class PlainTcp {
 public:
  // No frame has more bytes before the end of its TCP header.
  static constexpr std::size_t kMostHeaders =
      EthernetView::kLen + VlanView::kLen + Ipv6View::kLen + 60;

  // nullopt: decode_tcp() says what it is.
  [[nodiscard]] static std::optional<PlainTcp> parse(const capture::Frame& frame) {
    return is_commonest(frame) ? std::optional{commonest(frame)} : parse_other(frame);
  }

  // As parse(), of a frame that is none of the commonest.
  [[nodiscard]] static std::optional<PlainTcp> parse_other(const capture::Frame& frame);

  // Whether it is IPv4 without a tag: for the others parse() takes longer. Whoever asks has
  // commonest() then, whose every field stands at an offset that compilers know.
  [[nodiscard]] static bool is_commonest(const capture::Frame& frame) {
    constexpr std::uint32_t kBegins = std::uint32_t{ether_type::kIpv4} << 8 | kIpv4Begins;
    const Bytes b = frame.bytes();
    return frame.link == capture::LinkType::ethernet && b.size() >= kTcp + TcpView::kMinLen &&
           be32(b, kIp - 2) >> 8 == kBegins && is_whole_tcp(b, kIp) && commonest(frame).fits();
  }
  [[nodiscard]] static PlainTcp commonest(const capture::Frame& frame) {
    return in_ipv4(frame, kIp, 0);
  }

  // All of it.
  void write_to(Segment& out) const;

  [[nodiscard]] const capture::Frame& frame() const { return *frame_; }
  // The VLAN tag as VlanStack packs it; 0 for none.
  [[nodiscard]] std::uint16_t tag() const { return tag_; }
  [[nodiscard]] std::uint8_t ip_version() const { return is_ipv6_ ? 6 : 4; }
  // 4 or 16 bytes each, one right after the other.
  [[nodiscard]] const std::uint8_t* source() const { return ip() + (is_ipv6_ ? 8 : 12); }
  [[nodiscard]] const std::uint8_t* destination() const { return source() + (is_ipv6_ ? 16 : 4); }
  [[nodiscard]] std::uint16_t src_port() const { return be16(tcp(), 0); }
  [[nodiscard]] std::uint16_t dst_port() const { return be16(tcp(), 2); }
  [[nodiscard]] std::uint32_t seq() const { return be32(tcp(), 4); }
  [[nodiscard]] std::uint32_t ack() const { return be32(tcp(), 8); }
  [[nodiscard]] TcpFlags flags() const { return TcpFlags(tcp()[13]); }
  [[nodiscard]] std::uint16_t window() const { return be16(tcp(), 14); }
  [[nodiscard]] std::uint32_t payload_len() const { return tcp_len_ - header_len(); }
  // From the frame's first byte to the end of the TCP header, as far as that was captured.
  [[nodiscard]] std::size_t headers_len() const {
    return std::min<std::size_t>(frame_->captured_len, tcp_ + header_len());
  }

 private:
  static constexpr std::uint8_t kIpv4Begins = 0x45;  // version, and the length without options
  static constexpr std::size_t kIp = EthernetView::kLen;
  static constexpr std::size_t kTcp = kIp + Ipv4View::kMinLen;

  PlainTcp(const capture::Frame& frame, std::size_t ip, std::size_t tcp, std::uint32_t tcp_len,
           bool is_ipv6, std::uint16_t tag)
      : frame_(&frame),
        tcp_len_(tcp_len),
        ip_(static_cast<std::uint8_t>(ip)),
        tcp_(static_cast<std::uint8_t>(tcp)),
        is_ipv6_(is_ipv6),
        tag_(tag) {}

  // Of an IPv4 header at `at`: no fragment, and TCP inside.
  [[nodiscard]] static bool is_whole_tcp(Bytes b, std::size_t at) {
    return (be16(b, at + 6) & 0x3fff) == 0 && b[at + 9] == ip_protocol::kTcp;
  }
  [[nodiscard]] static PlainTcp in_ipv4(const capture::Frame& frame, std::size_t at,
                                        std::uint16_t tag) {
    const std::uint32_t total_len = be16(frame.bytes(), at + 2);
    return {frame,
            at,
            at + Ipv4View::kMinLen,
            total_len - static_cast<std::uint32_t>(Ipv4View::kMinLen),
            false,
            tag};
  }
  // Whether the TCP header lies inside all lengths. One that wrapped fits in no frame.
  [[nodiscard]] bool fits() const {
    const std::uint32_t header_len = this->header_len();
    const std::uint64_t end = std::uint64_t{tcp_} + tcp_len_;
    return header_len >= TcpView::kMinLen && header_len <= tcp_len_ &&
           end <= std::max(frame_->wire_len, frame_->captured_len);
  }

  [[nodiscard]] const std::uint8_t* ip() const { return frame_->data + ip_; }
  [[nodiscard]] Bytes tcp() const { return {frame_->data + tcp_, TcpView::kMinLen}; }
  [[nodiscard]] std::uint32_t header_len() const { return (tcp()[12] >> 4) * 4u; }

  const capture::Frame* frame_;
  std::uint32_t tcp_len_;  // by the IP header
  std::uint8_t ip_, tcp_;  // where these headers stand
  bool is_ipv6_;
  std::uint16_t tag_;
};

}  // namespace tapstat::decode
