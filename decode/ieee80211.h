// 802.11 data frame header, IEEE 802.11 section 9.2.4 and 9.3.2.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class Ieee80211View {
 public:
  // Of frames other than data only the two bytes of frame control are looked at.
  [[nodiscard]] static constexpr Result<Ieee80211View> parse(Bytes b) {
    if (b.size() < 2) return DecodeError::too_short(2);
    const Ieee80211View view(b);
    if (view.is_data() && b.size() < view.header_len()) {
      return DecodeError::too_short(view.header_len());
    }
    return view;
  }
  // Bit 2 of a data subtype says that there is no data in it.
  [[nodiscard]] constexpr bool is_data() const { return (bytes_[0] & 0x4c) == 0x08; }
  [[nodiscard]] constexpr bool is_protected() const { return (bytes_[1] & 0x40) != 0; }
  [[nodiscard]] constexpr bool is_fragment() const {
    return (bytes_[1] & 0x04) != 0 || (bytes_[22] & 0x0f) != 0;
  }
  [[nodiscard]] constexpr bool is_aggregate() const {  // an A-MSDU
    return has_qos() && (bytes_[24 + (has_address4() ? 6 : 0)] & 0x80) != 0;
  }
  [[nodiscard]] constexpr std::size_t header_len() const {
    const bool has_ht_control = has_qos() && (bytes_[1] & 0x80) != 0;
    return 24u + (has_address4() ? 6 : 0) + (has_qos() ? 2 : 0) + (has_ht_control ? 4 : 0);
  }
  // Destination and source as Ethernet orders them stand so only outside an infrastructure; null
  // else.
  [[nodiscard]] constexpr const std::uint8_t* macs() const {
    return (bytes_[1] & 0x03) == 0 ? bytes_.data() + 4 : nullptr;
  }

 private:
  explicit constexpr Ieee80211View(Bytes b) : bytes_(b) {}
  [[nodiscard]] constexpr bool has_qos() const { return (bytes_[0] & 0x80) != 0; }
  [[nodiscard]] constexpr bool has_address4() const { return (bytes_[1] & 0x03) == 0x03; }
  Bytes bytes_;
};

// Who sends a frame to whom: of data and management frames, IEEE 802.11 table 9-30 and section
// 9.3.3.1. Control frames have no source.
class Ieee80211Addresses {
 public:
  [[nodiscard]] static constexpr Result<Ieee80211Addresses> parse(Bytes b) {
    constexpr std::size_t kThreeAddressesLen = 24, kFourAddressesLen = 30;
    if (b.size() < kThreeAddressesLen) return DecodeError::too_short(kThreeAddressesLen);
    const int version_and_type = b[0] & 0x0f;
    constexpr int kManagement = 0x00, kData = 0x08;
    if (version_and_type != kManagement && version_and_type != kData) {
      return DecodeError::invalid(0);
    }
    const Ieee80211Addresses view(b);
    if (view.to_and_from_ds() == kBoth && b.size() < kFourAddressesLen) {
      return DecodeError::too_short(kFourAddressesLen);
    }
    return view;
  }
  // 6 bytes each.
  [[nodiscard]] constexpr const std::uint8_t* source() const {
    constexpr int kFromDs = 2;
    constexpr std::size_t kAddress2 = 10, kAddress3 = 16, kAddress4 = 24;
    if (to_and_from_ds() == kBoth) return bytes_.data() + kAddress4;
    return bytes_.data() + (to_and_from_ds() == kFromDs ? kAddress3 : kAddress2);
  }
  [[nodiscard]] constexpr const std::uint8_t* destination() const {
    constexpr int kToDs = 1;
    constexpr std::size_t kAddress1 = 4, kAddress3 = 16;
    return bytes_.data() + ((to_and_from_ds() & kToDs) != 0 ? kAddress3 : kAddress1);
  }

 private:
  explicit constexpr Ieee80211Addresses(Bytes b) : bytes_(b) {}
  static constexpr int kBoth = 3;
  [[nodiscard]] constexpr int to_and_from_ds() const { return bytes_[1] & 0x03; }
  Bytes bytes_;
};

// A-MSDU subframe header, section 9.3.2.2.2: destination, source, length of the LLC frame after it.
class AmsduSubframeView {
 public:
  static constexpr std::size_t kLen = 14;

  [[nodiscard]] static constexpr Result<AmsduSubframeView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return AmsduSubframeView(b);
  }
  [[nodiscard]] constexpr const std::uint8_t* macs() const { return bytes_.data(); }
  [[nodiscard]] constexpr std::uint16_t length() const { return be16(bytes_, 12); }

 private:
  explicit constexpr AmsduSubframeView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
