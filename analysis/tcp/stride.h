// What of a segment moves a connection at rest.
#pragma once

#include <cstdint>

#include "decode/plain_tcp.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;

// 32 bytes: nearly every segment is done with these, and no more of it need be decoded.
struct Stride {
  [[nodiscard]] static Stride of(const decode::Segment& seg, std::uint16_t path) {
    return {seg.time,   seg.seq, seg.ack,   seg.payload_len, seg.wire_len,
            seg.window, path,    seg.input, seg.flags};
  }
  [[nodiscard]] static Stride of(const decode::PlainTcp& plain, std::uint16_t path) {
    const capture::Frame& frame = plain.frame();
    return {frame.time,     plain.seq(), plain.ack(), plain.payload_len(), frame.wire_len,
            plain.window(), path,        frame.input, plain.flags()};
  }

  // An acknowledgment of an open window: no other is ordinary.
  [[nodiscard]] bool may_be_ordinary() const {
    using decode::TcpFlags;
    constexpr auto kIgnored =
        static_cast<std::uint8_t>(TcpFlags::kPsh | TcpFlags::kEce | TcpFlags::kCwr);
    return (flags.bits() & ~kIgnored) == TcpFlags::kAck && window != 0;
  }

  Timestamp time{};
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t payload_len = 0;
  std::uint32_t wire_len = 0;
  std::uint16_t window = 0;
  std::uint16_t path = 0;  // of PathIds
  std::uint16_t input = 0;
  decode::TcpFlags flags;
};
static_assert(sizeof(Stride) == 32);

}  // namespace tapstat::analysis::tcp
