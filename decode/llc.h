// LLC header, IEEE 802.2 section 3.2, and SNAP, IEEE 802 section 9.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

inline constexpr std::uint8_t kSapIp = 0x06;
inline constexpr std::uint8_t kSapBpdu = 0x42;
inline constexpr std::uint8_t kSapSnap = 0xaa;

// Only unnumbered information (control 03) carries what the decoders know.
class LlcView {
 public:
  static constexpr std::size_t kLen = 3;

  [[nodiscard]] static constexpr Result<LlcView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return LlcView(b);
  }
  [[nodiscard]] constexpr std::uint8_t dsap() const { return bytes_[0]; }
  [[nodiscard]] constexpr std::uint8_t ssap() const { return bytes_[1]; }
  [[nodiscard]] constexpr std::uint8_t control() const { return bytes_[2]; }
  [[nodiscard]] constexpr bool is_unnumbered_information() const { return control() == 0x03; }

 private:
  explicit constexpr LlcView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

class SnapView {
 public:
  static constexpr std::size_t kLen = 5;
  static constexpr std::uint32_t kOuiEthernet = 0x000000;
  static constexpr std::uint32_t kOuiBridgeTunnel = 0x0000f8;  // 802.1H
  static constexpr std::uint32_t kOuiCisco = 0x00000c;
  static constexpr std::uint16_t kCiscoPvst = 0x010b;

  [[nodiscard]] static constexpr Result<SnapView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return SnapView(b);
  }
  [[nodiscard]] constexpr std::uint32_t oui() const {
    return (std::uint32_t{bytes_[0]} << 16) | (std::uint32_t{bytes_[1]} << 8) | bytes_[2];
  }
  [[nodiscard]] constexpr std::uint16_t protocol() const { return be16(bytes_, 3); }
  [[nodiscard]] constexpr bool has_ether_type() const {
    return oui() == kOuiEthernet || oui() == kOuiBridgeTunnel;
  }

 private:
  explicit constexpr SnapView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
