// L2TPv2 data message header, RFC 2661 section 3.1.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class L2tpView {
 public:
  // Control messages (the T bit) are refused: they carry no packets.
  [[nodiscard]] static constexpr Result<L2tpView> parse(Bytes b) {
    if (b.size() < 2) return DecodeError::too_short(2);
    const std::uint16_t flags = be16(b, 0);
    if ((flags & 0x8000) != 0 || (flags & 0x000f) != 2) return DecodeError::invalid(0);
    const std::size_t ids_at = (flags & kLength) != 0 ? 4 : 2;
    std::size_t header_len = ids_at + 4 + ((flags & kSequence) != 0 ? 4 : 0);
    if ((flags & kOffset) != 0) {
      if (b.size() < header_len + 2) return DecodeError::too_short(header_len + 2);
      header_len += 2u + be16(b, header_len);
    }
    if (b.size() < header_len) return DecodeError::too_short(header_len);
    return L2tpView(b, ids_at, header_len);
  }
  // Tunnel id in the upper half, session id in the lower.
  [[nodiscard]] constexpr std::uint32_t ids() const { return be32(bytes_, ids_at_); }
  [[nodiscard]] constexpr std::size_t header_len() const { return header_len_; }

 private:
  static constexpr std::uint16_t kLength = 0x4000, kSequence = 0x0800, kOffset = 0x0200;
  constexpr L2tpView(Bytes b, std::size_t ids_at, std::size_t header_len)
      : bytes_(b), ids_at_(ids_at), header_len_(header_len) {}
  Bytes bytes_;
  std::size_t ids_at_;
  std::size_t header_len_;
};

}  // namespace tapstat::decode
