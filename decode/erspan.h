// ERSPAN types II and III inside GRE, draft-foschiano-erspan-03 section 4. Type I has no header.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class ErspanView {
 public:
  static constexpr std::size_t kType2Len = 8;
  static constexpr std::size_t kType3Len = 12;
  static constexpr std::size_t kPlatformLen = 8;  // type III's optional subheader

  [[nodiscard]] static constexpr Result<ErspanView> parse(Bytes b) {
    if (b.size() < kType2Len) return DecodeError::too_short(kType2Len);
    const unsigned version = b[0] >> 4;
    if (version != 1 && version != 2) return DecodeError::invalid(0);
    if (version == 2 && b.size() < kType3Len) return DecodeError::too_short(kType3Len);
    const ErspanView view(b);
    if (b.size() < view.header_len()) return DecodeError::too_short(view.header_len());
    return view;
  }
  [[nodiscard]] constexpr std::uint16_t session() const { return be16(bytes_, 2) & 0x03ff; }
  [[nodiscard]] constexpr std::size_t header_len() const {
    if (bytes_[0] >> 4 == 1) return kType2Len;
    return kType3Len + ((bytes_[11] & 0x01) != 0 ? kPlatformLen : 0);
  }
  // Type III may mirror bare IP packets (frame type 2).
  [[nodiscard]] constexpr bool carries_ip() const {
    return bytes_[0] >> 4 == 2 && ((be16(bytes_, 10) >> 10) & 0x1f) == 2;
  }

 private:
  explicit constexpr ErspanView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
