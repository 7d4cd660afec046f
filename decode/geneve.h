// Geneve header, RFC 8926 section 3.4.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class GeneveView {
 public:
  static constexpr std::size_t kMinLen = 8;

  [[nodiscard]] static constexpr Result<GeneveView> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    if (b[0] >> 6 != 0) return DecodeError::invalid(0);
    const GeneveView view(b);
    if (b.size() < view.header_len()) return DecodeError::too_short(view.header_len());
    return view;
  }
  [[nodiscard]] constexpr std::size_t header_len() const {
    return kMinLen + (bytes_[0] & std::size_t{0x3f}) * 4;
  }
  [[nodiscard]] constexpr std::uint16_t protocol() const { return be16(bytes_, 2); }
  [[nodiscard]] constexpr std::uint32_t vni() const { return be32(bytes_, 4) >> 8; }

 private:
  explicit constexpr GeneveView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
