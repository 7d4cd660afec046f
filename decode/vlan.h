// VLAN tag after its TPID: tag control information and the next EtherType, IEEE 802.1Q section 9.6.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class VlanView {
 public:
  static constexpr std::size_t kLen = 4;

  [[nodiscard]] static constexpr Result<VlanView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return VlanView(b);
  }
  [[nodiscard]] constexpr std::uint16_t vid() const { return be16(bytes_, 0) & 0x0fff; }
  [[nodiscard]] constexpr std::uint16_t type() const { return be16(bytes_, 2); }

 private:
  explicit constexpr VlanView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
