// A place in a frame: the bytes captured from there on and how many there were on the wire.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "decode/bytes.h"

namespace tapstat::decode {

// bytes.size() <= wire_len always.
struct Cursor {
  Bytes bytes;
  std::uint32_t wire_len = 0;
  std::uint32_t offset = 0;  // of bytes[0] in the frame, or in the datagram when reassembled
  std::uint32_t lost = 0;    // bytes an IP header counts that the frame did not have on the wire

  // `count` is at most bytes.size(): the caller has checked the header it steps over.
  constexpr void skip(std::size_t count) {
    bytes = bytes.subspan(count);
    wire_len -= static_cast<std::uint32_t>(count);
    offset += static_cast<std::uint32_t>(count);
  }
  // A length field says that what follows the first `length` bytes is padding or a trailer. One
  // that says more than there is clips nothing.
  constexpr void clip(std::uint32_t length) {
    wire_len = std::min(wire_len, length);
    bytes = bytes.first(std::min<std::size_t>(bytes.size(), wire_len));
  }
  // The same by an IP header. Frames shorter than their packet come from tools that cut them
  // without a trace (a frame checksum that was not there taken off), so what is missing is
  // remembered.
  constexpr void clip_to_ip(std::uint32_t length) {
    lost = length > wire_len ? length - wire_len : 0;
    clip(length);
  }
};

// A frame that claims fewer bytes than it has is taken as whole.
[[nodiscard]] inline Cursor start_of(const capture::Frame& frame) {
  return {.bytes = frame.bytes(), .wire_len = std::max(frame.wire_len, frame.captured_len)};
}

}  // namespace tapstat::decode
