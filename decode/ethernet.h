// Ethernet II and 802.3 header, IEEE 802.3 section 3.1.1. Borrowed bytes.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class EthernetView {
 public:
  static constexpr std::size_t kLen = 14;

  [[nodiscard]] static constexpr Result<EthernetView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return EthernetView(b);
  }
  // Destination, then source: 12 bytes.
  [[nodiscard]] constexpr const std::uint8_t* macs() const { return bytes_.data(); }
  [[nodiscard]] constexpr Bytes destination() const { return bytes_.first(6); }
  [[nodiscard]] constexpr Bytes source() const { return bytes_.subspan(6, 6); }
  // EtherType, or the length of an 802.3 frame (see ether_type.h).
  [[nodiscard]] constexpr std::uint16_t type() const { return be16(bytes_, 12); }

 private:
  explicit constexpr EthernetView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
