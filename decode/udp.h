// UDP header, RFC 768. Borrowed bytes.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class UdpView {
 public:
  static constexpr std::size_t kLen = 8;

  [[nodiscard]] static constexpr Result<UdpView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    const std::uint16_t length = be16(b, 4);
    if (length != 0 && length < kLen) return DecodeError::invalid(4);
    return UdpView(b);
  }
  [[nodiscard]] constexpr std::uint16_t src_port() const { return be16(bytes_, 0); }
  [[nodiscard]] constexpr std::uint16_t dst_port() const { return be16(bytes_, 2); }
  // Header included; 0 in a jumbogram (RFC 2675 section 4): the rest of the packet.
  [[nodiscard]] constexpr std::uint16_t length() const { return be16(bytes_, 4); }
  [[nodiscard]] constexpr std::uint16_t checksum() const { return be16(bytes_, 6); }
  // By the header; `wire_len` is what IP says there is.
  [[nodiscard]] constexpr std::uint32_t payload_len(std::uint32_t wire_len) const {
    const std::uint32_t whole = length() != 0 ? length() : wire_len;
    return whole > kLen ? whole - static_cast<std::uint32_t>(kLen) : 0;
  }

 private:
  explicit constexpr UdpView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
