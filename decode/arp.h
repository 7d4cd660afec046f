// ARP (RFC 826) and RARP (RFC 903) packet, of any address lengths.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class ArpView {
 public:
  static constexpr std::size_t kFixedLen = 8;

  [[nodiscard]] static constexpr Result<ArpView> parse(Bytes b) {
    if (b.size() < kFixedLen) return DecodeError::too_short(kFixedLen);
    const std::size_t packet_len = kFixedLen + std::size_t{2} * (b[4] + b[5]);
    if (b.size() < packet_len) return DecodeError::too_short(packet_len);
    return ArpView(b.first(packet_len));
  }
  [[nodiscard]] constexpr std::uint16_t hardware() const { return be16(bytes_, 0); }
  [[nodiscard]] constexpr std::uint16_t protocol() const { return be16(bytes_, 2); }
  [[nodiscard]] constexpr std::uint16_t operation() const { return be16(bytes_, 6); }
  [[nodiscard]] constexpr bool is_ipv4_over_ethernet() const {
    return protocol() == 0x0800 && hardware_len() == 6 && protocol_len() == 4;
  }
  [[nodiscard]] constexpr Bytes sender_hardware() const {
    return bytes_.subspan(kFixedLen, hardware_len());
  }
  [[nodiscard]] constexpr Bytes sender_protocol() const {
    return bytes_.subspan(kFixedLen + hardware_len(), protocol_len());
  }
  [[nodiscard]] constexpr Bytes target_hardware() const {
    return bytes_.subspan(kFixedLen + hardware_len() + protocol_len(), hardware_len());
  }
  [[nodiscard]] constexpr Bytes target_protocol() const { return bytes_.last(protocol_len()); }

 private:
  explicit constexpr ArpView(Bytes b) : bytes_(b) {}
  [[nodiscard]] constexpr std::size_t hardware_len() const { return bytes_[4]; }
  [[nodiscard]] constexpr std::size_t protocol_len() const { return bytes_[5]; }
  Bytes bytes_;
};

}  // namespace tapstat::decode
