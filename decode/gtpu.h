// GTPv1-U header of a user packet, 3GPP TS 29.281 section 5.1.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class GtpuView {
 public:
  static constexpr std::size_t kMinLen = 8;
  static constexpr std::uint8_t kUserPacket = 255;  // G-PDU

  [[nodiscard]] static constexpr Result<GtpuView> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    if (b[0] >> 4 != 3) return DecodeError::invalid(0);  // version 1, protocol type GTP
    if (b[1] != kUserPacket) return DecodeError::invalid(1);
    std::size_t header_len = kMinLen;
    if ((b[0] & 0x07) !=
        0) {  // sequence number, N-PDU number and next extension type come together
      header_len += 4;
      if (b.size() < header_len) return DecodeError::too_short(header_len);
      while (b[header_len - 1] != 0) {  // an extension header's last byte names the next
        if (b.size() <= header_len) return DecodeError::too_short(header_len + 1);
        const std::size_t extension_len = b[header_len] * std::size_t{4};
        if (extension_len == 0) return DecodeError::invalid(header_len);
        header_len += extension_len;
        if (b.size() < header_len) return DecodeError::too_short(header_len);
      }
    }
    return GtpuView(b, header_len);
  }
  [[nodiscard]] constexpr std::uint32_t teid() const { return be32(bytes_, 4); }
  [[nodiscard]] constexpr std::size_t header_len() const { return header_len_; }

 private:
  constexpr GtpuView(Bytes b, std::size_t header_len) : bytes_(b), header_len_(header_len) {}
  Bytes bytes_;
  std::size_t header_len_;
};

}  // namespace tapstat::decode
