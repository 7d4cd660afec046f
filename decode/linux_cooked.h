// Linux cooked capture headers, LINKTYPE_LINUX_SLL (113) and LINKTYPE_LINUX_SLL2 (276).
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

// Protocol values below the EtherTypes that the kernel uses: ETH_P_802_3 and ETH_P_802_2.
inline constexpr std::uint16_t kSllNovell8023 = 0x0001;
inline constexpr std::uint16_t kSllLlc = 0x0004;
// ARPHRD_ETHER of Linux' if_arp.h.
inline constexpr std::uint16_t kSllHardwareEthernet = 1;

// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html
class SllView {
 public:
  static constexpr std::size_t kLen = 16;

  [[nodiscard]] static constexpr Result<SllView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return SllView(b);
  }
  // Whether it came in, and for whom, or went out: LINUX_SLL_HOST (0) and so on.
  [[nodiscard]] constexpr std::uint16_t packet_type() const { return be16(bytes_, 0); }
  [[nodiscard]] constexpr std::uint16_t hardware_type() const { return be16(bytes_, 2); }
  // Whether address() is a MAC address of 6 bytes: the sender's.
  [[nodiscard]] constexpr bool has_mac_address() const {
    return hardware_type() == kSllHardwareEthernet && be16(bytes_, 4) == 6;
  }
  [[nodiscard]] constexpr const std::uint8_t* address() const { return bytes_.data() + 6; }
  [[nodiscard]] constexpr std::uint16_t protocol() const { return be16(bytes_, 14); }

 private:
  explicit constexpr SllView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html
class Sll2View {
 public:
  static constexpr std::size_t kLen = 20;

  [[nodiscard]] static constexpr Result<Sll2View> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return Sll2View(b);
  }
  [[nodiscard]] constexpr std::uint16_t protocol() const { return be16(bytes_, 0); }
  [[nodiscard]] constexpr std::uint32_t interface_index() const { return be32(bytes_, 4); }
  [[nodiscard]] constexpr std::uint16_t hardware_type() const { return be16(bytes_, 8); }
  [[nodiscard]] constexpr std::uint8_t packet_type() const { return bytes_[10]; }  // as SllView's
  // As SllView's.
  [[nodiscard]] constexpr bool has_mac_address() const {
    return hardware_type() == kSllHardwareEthernet && bytes_[11] == 6;
  }
  [[nodiscard]] constexpr const std::uint8_t* address() const { return bytes_.data() + 12; }

 private:
  explicit constexpr Sll2View(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
