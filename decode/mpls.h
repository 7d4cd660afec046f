// One MPLS label stack entry, RFC 3032 section 2.1.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class MplsView {
 public:
  static constexpr std::size_t kLen = 4;

  [[nodiscard]] static constexpr Result<MplsView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return MplsView(b);
  }
  [[nodiscard]] constexpr std::uint32_t label() const { return be32(bytes_, 0) >> 12; }
  [[nodiscard]] constexpr bool bottom_of_stack() const { return (bytes_[2] & 1) != 0; }

 private:
  explicit constexpr MplsView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
