// IPv4 header, RFC 791 section 3.1. Borrowed bytes, options included.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class Ipv4View {
 public:
  static constexpr std::size_t kMinLen = 20;

  [[nodiscard]] static constexpr Result<Ipv4View> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    const std::size_t header_len = (b[0] & std::size_t{0x0f}) * 4;
    if (b[0] >> 4 != 4 || header_len < kMinLen) return DecodeError::invalid(0);
    if (b.size() < header_len) return DecodeError::too_short(header_len);
    const std::size_t total_len = be16(b, 2);
    if (total_len != 0 && total_len < header_len) return DecodeError::invalid(2);
    return Ipv4View(b);
  }
  [[nodiscard]] constexpr std::size_t header_len() const {
    return (bytes_[0] & std::size_t{0x0f}) * 4;
  }
  // 0 where the sender leaves segmentation to its network card (TSO): the packet is then as long as
  // the frame.
  [[nodiscard]] constexpr std::uint16_t total_len() const { return be16(bytes_, 2); }
  [[nodiscard]] constexpr std::uint16_t id() const { return be16(bytes_, 4); }
  [[nodiscard]] constexpr bool more_fragments() const { return (bytes_[6] & 0x20) != 0; }
  [[nodiscard]] constexpr std::uint32_t fragment_offset() const {
    return (be16(bytes_, 6) & 0x1fffu) * 8u;
  }
  [[nodiscard]] constexpr bool is_fragment() const { return (be16(bytes_, 6) & 0x3fff) != 0; }
  [[nodiscard]] constexpr std::uint8_t ttl() const { return bytes_[8]; }
  [[nodiscard]] constexpr std::uint8_t protocol() const { return bytes_[9]; }
  // 4 bytes each, the destination right after the source.
  [[nodiscard]] constexpr const std::uint8_t* source() const { return bytes_.data() + 12; }
  [[nodiscard]] constexpr const std::uint8_t* destination() const { return bytes_.data() + 16; }
  [[nodiscard]] constexpr Bytes options() const {
    return bytes_.subspan(kMinLen, header_len() - kMinLen);
  }

 private:
  explicit constexpr Ipv4View(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
