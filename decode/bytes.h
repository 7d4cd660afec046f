// Big-endian loads from borrowed bytes, and why a header was refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tl/expected.hpp>

#include "capture/frame.h"

namespace tapstat::decode {

using capture::Bytes;

// The caller has checked that `at` and what follows lie inside; compilers fold these into one load.
[[nodiscard]] constexpr std::uint16_t be16(Bytes b, std::size_t at) {
  return static_cast<std::uint16_t>((b[at] << 8) | b[at + 1]);
}
[[nodiscard]] constexpr std::uint32_t be32(Bytes b, std::size_t at) {
  return (std::uint32_t{b[at]} << 24) | (std::uint32_t{b[at + 1]} << 16) |
         (std::uint32_t{b[at + 2]} << 8) | b[at + 3];
}
// Little-endian: only what capture programs put in front of a frame (radiotap, PPI, NFLOG).
[[nodiscard]] constexpr std::uint16_t le16(Bytes b, std::size_t at) {
  return static_cast<std::uint16_t>((b[at + 1] << 8) | b[at]);
}
[[nodiscard]] constexpr std::uint32_t le32(Bytes b, std::size_t at) {
  return (std::uint32_t{b[at + 3]} << 24) | (std::uint32_t{b[at + 2]} << 16) |
         (std::uint32_t{b[at + 1]} << 8) | b[at];
}

// A view sees only captured bytes. So "too few" is not yet a judgement: whether the snap length cut
// them or the sender never sent them is for the one who knows the length on the wire (Walk).
struct DecodeError {
  enum class Kind : std::uint8_t { too_short, invalid };
  Kind kind = Kind::invalid;
  std::uint32_t value = 0;  // too_short: bytes needed; invalid: offset of the wrong field

  static constexpr tl::unexpected<DecodeError> too_short(std::size_t needed) {
    return tl::unexpected(DecodeError{Kind::too_short, static_cast<std::uint32_t>(needed)});
  }
  static constexpr tl::unexpected<DecodeError> invalid(std::size_t offset) {
    return tl::unexpected(DecodeError{Kind::invalid, static_cast<std::uint32_t>(offset)});
  }
  friend constexpr bool operator==(DecodeError, DecodeError) = default;
};

template <typename T>
using Result = tl::expected<T, DecodeError>;

}  // namespace tapstat::decode
