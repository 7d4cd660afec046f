// What capture programs put before a frame: radiotap (https://www.radiotap.org), PPI (CACE PPI
// specification 1.0.10, section 3.1) and NFLOG (LINKTYPE_NFLOG).
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class RadiotapView {
 public:
  static constexpr std::size_t kMinLen = 8;

  [[nodiscard]] static constexpr Result<RadiotapView> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    const std::size_t header_len = le16(b, 2);
    if (b[0] != 0 || header_len < kMinLen) return DecodeError::invalid(0);
    if (b.size() < header_len) return DecodeError::too_short(header_len);
    return RadiotapView(b.first(header_len));
  }
  [[nodiscard]] constexpr std::size_t header_len() const { return bytes_.size(); }
  // The 802.11 header is padded to four bytes (Atheros hardware), bit 5 of the Flags field.
  [[nodiscard]] constexpr bool has_data_padding() const { return (flags() & 0x20) != 0; }

 private:
  explicit constexpr RadiotapView(Bytes b) : bytes_(b) {}
  // Fields stand after all "present" words, each aligned to its size: TSFT (8 bytes), then Flags.
  [[nodiscard]] constexpr std::uint8_t flags() const {
    const std::uint32_t present = le32(bytes_, 4);
    if ((present & 0x02) == 0) return 0;
    std::size_t at = 8;
    while (at + 4 <= bytes_.size() && (bytes_[at - 1] & 0x80) != 0) at += 4;
    if ((present & 0x01) != 0) at = (at + 7) / 8 * 8 + 8;
    return at < bytes_.size() ? bytes_[at] : std::uint8_t{0};
  }
  Bytes bytes_;
};

class PpiView {
 public:
  static constexpr std::size_t kMinLen = 8;

  [[nodiscard]] static constexpr Result<PpiView> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    const std::size_t header_len = le16(b, 2);
    if (header_len < kMinLen) return DecodeError::invalid(2);
    if (b.size() < header_len) return DecodeError::too_short(header_len);
    return PpiView(b.first(header_len));
  }
  [[nodiscard]] constexpr std::size_t header_len() const { return bytes_.size(); }
  [[nodiscard]] constexpr std::uint32_t link_type() const { return le32(bytes_, 4); }

 private:
  explicit constexpr PpiView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

// Attributes of a netfilter log message up to the packet, which is the payload attribute.
class NflogView {
 public:
  static constexpr std::size_t kMinLen = 4;

  [[nodiscard]] static constexpr Result<NflogView> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    std::size_t at = kMinLen;
    while (at + kAttributeLen <= b.size()) {
      // Lengths are in the capturing host's order. One below 256 has its zero byte on the right
      // side, and only the payload, the last that matters, is longer.
      const bool big = be16(b, at + 2) <= kMaxAttribute;
      const std::size_t length = big ? be16(b, at) : le16(b, at);
      const unsigned kind = big ? be16(b, at + 2) : le16(b, at + 2);
      if (length < kAttributeLen) return DecodeError::invalid(at);
      if (kind == kPayload) return NflogView(b[0], at + kAttributeLen, length - kAttributeLen);
      at += (length + 3) / 4 * 4;
    }
    return DecodeError::too_short(at + kAttributeLen);
  }
  [[nodiscard]] constexpr bool is_ipv4() const { return family_ == 2; }
  [[nodiscard]] constexpr bool is_ipv6() const { return family_ == 10; }  // Linux AF_INET6
  [[nodiscard]] constexpr std::size_t header_len() const { return header_len_; }
  [[nodiscard]] constexpr std::size_t payload_len() const { return payload_len_; }

 private:
  static constexpr std::size_t kAttributeLen = 4;
  static constexpr unsigned kPayload = 9, kMaxAttribute = 255;
  constexpr NflogView(std::uint8_t family, std::size_t header_len, std::size_t payload_len)
      : family_(family), header_len_(header_len), payload_len_(payload_len) {}
  std::uint8_t family_;
  std::size_t header_len_;
  std::size_t payload_len_;
};

}  // namespace tapstat::decode
