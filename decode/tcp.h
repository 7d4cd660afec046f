// TCP header, RFC 9293 section 3.1. Borrowed bytes: valid while the frame is.
#pragma once

#include <algorithm>

#include "decode/cursor.h"
#include "decode/segment.h"

namespace tapstat::decode {

// The 20 fixed bytes are there; options and payload may be cut by the snap length.
class TcpView {
 public:
  static constexpr std::size_t kMinLen = 20;

  // `at` is clipped to the IP packet, so padding is not payload. A data offset below five or beyond
  // what the IP header counts is refused: every receiver drops such a segment.
  [[nodiscard]] static constexpr Result<TcpView> parse(const Cursor& at) {
    if (at.bytes.size() < kMinLen) return DecodeError::too_short(kMinLen);
    const std::uint32_t header_len = (at.bytes[12] >> 4) * 4u;
    if (header_len < kMinLen || header_len > at.wire_len + at.lost) return DecodeError::invalid(12);
    return TcpView(at);
  }
  [[nodiscard]] constexpr std::uint16_t src_port() const { return be16(bytes_, 0); }
  [[nodiscard]] constexpr std::uint16_t dst_port() const { return be16(bytes_, 2); }
  [[nodiscard]] constexpr std::uint32_t seq() const { return be32(bytes_, 4); }
  [[nodiscard]] constexpr std::uint32_t ack() const { return be32(bytes_, 8); }
  [[nodiscard]] constexpr std::uint32_t header_len() const { return (bytes_[12] >> 4) * 4u; }
  [[nodiscard]] constexpr TcpFlags flags() const { return TcpFlags(bytes_[13]); }
  [[nodiscard]] constexpr std::uint16_t window() const { return be16(bytes_, 14); }
  [[nodiscard]] constexpr std::uint16_t checksum() const { return be16(bytes_, 16); }
  [[nodiscard]] constexpr std::uint16_t urgent_pointer() const { return be16(bytes_, 18); }
  [[nodiscard]] constexpr Bytes options() const {  // as far as captured
    return bytes_.subspan(kMinLen, captured_header_len() - kMinLen);
  }
  [[nodiscard]] constexpr Bytes payload() const { return bytes_.subspan(captured_header_len()); }
  // By the IP header, but no more than the frame had on the wire, as in Wireshark.
  [[nodiscard]] constexpr std::uint32_t payload_len() const {
    return std::max(wire_len_, header_len()) - header_len();
  }
  [[nodiscard]] constexpr bool is_short() const { return wire_len_ < header_len(); }

 private:
  explicit constexpr TcpView(const Cursor& at) : bytes_(at.bytes), wire_len_(at.wire_len) {}
  [[nodiscard]] constexpr std::size_t captured_header_len() const {
    return std::min<std::size_t>(header_len(), bytes_.size());
  }
  Bytes bytes_;
  std::uint32_t wire_len_;
};

// The part of a Segment that the TCP header gives; both decoding paths end here.
constexpr void fill_from_tcp(const TcpView& tcp, Segment& out) {
  const Bytes options = tcp.options();
  const Bytes payload = tcp.payload();
  out.options = options.data();
  out.options_len = static_cast<std::uint8_t>(options.size());
  out.payload = payload.data();
  out.payload_captured = static_cast<std::uint32_t>(payload.size());
  out.payload_len = tcp.payload_len();
  out.is_short = tcp.is_short();
  out.seq = tcp.seq();
  out.ack = tcp.ack();
  out.src_port = tcp.src_port();
  out.dst_port = tcp.dst_port();
  out.window = tcp.window();
  out.flags = tcp.flags();
}

}  // namespace tapstat::decode
