// VXLAN header, RFC 7348 section 5.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class VxlanView {
 public:
  static constexpr std::size_t kLen = 8;

  [[nodiscard]] static constexpr Result<VxlanView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    if ((b[0] & 0x08) == 0) return DecodeError::invalid(0);  // the I flag is a must
    return VxlanView(b);
  }
  [[nodiscard]] constexpr std::uint32_t vni() const { return be32(bytes_, 4) >> 8; }

 private:
  explicit constexpr VxlanView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
