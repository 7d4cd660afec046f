// Generic UDP Encapsulation, draft-ietf-intarea-gue-09 sections 3 (variant 0) and 4 (variant 1).
#pragma once

#include "decode/bytes.h"
#include "decode/ip_protocol.h"

namespace tapstat::decode {

class GueView {
 public:
  static constexpr std::size_t kMinLen = 4;

  // Variant 1 is an IP packet whose version field doubles as the variant: it has no header.
  [[nodiscard]] static constexpr Result<GueView> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    const unsigned variant = b[0] >> 6;
    if (variant > 1) return DecodeError::invalid(0);
    const GueView view(b);
    if (variant == 0 && (b[0] & 0x20) != 0) return DecodeError::invalid(0);  // control message
    if (b.size() < view.header_len()) return DecodeError::too_short(view.header_len());
    return view;
  }
  [[nodiscard]] constexpr std::size_t header_len() const {
    return bytes_[0] >> 6 == 1 ? 0 : kMinLen + (bytes_[0] & std::size_t{0x1f}) * 4;
  }
  [[nodiscard]] constexpr std::uint8_t protocol() const {
    if (bytes_[0] >> 6 == 0) return bytes_[1];
    return bytes_[0] >> 4 == 6 ? ip_protocol::kIpv6 : ip_protocol::kIpv4;
  }

 private:
  explicit constexpr GueView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
