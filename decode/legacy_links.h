// FDDI (RFC 1390) and ARCNET (RFC 1201, RFC 1051) headers, as old captures have them.
#pragma once

#include "decode/bytes.h"
#include "decode/ether_type.h"

namespace tapstat::decode {

// Addresses are not handed out: some captures have their bits reversed, and nothing tells which.
class FddiView {
 public:
  static constexpr std::size_t kLen = 13;

  [[nodiscard]] static constexpr Result<FddiView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return FddiView(b);
  }
  [[nodiscard]] constexpr bool is_llc() const { return (bytes_[0] & 0xf0) == 0x50; }

 private:
  explicit constexpr FddiView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

// `has_offset`: Linux leaves the hardware's offset field in (LINKTYPE_ARCNET_LINUX).
class ArcnetView {
 public:
  [[nodiscard]] static constexpr Result<ArcnetView> parse(Bytes b, bool has_offset) {
    const std::size_t kind_at = has_offset ? 4 : 2;
    if (b.size() < kind_at + 1) return DecodeError::too_short(kind_at + 1);
    const std::uint8_t kind = b[kind_at];
    // RFC 1201 has a split flag and a sequence number after the kind, RFC 1051 nothing.
    const bool plain = kind == kIp1051 || kind == kArp1051;
    const std::size_t header_len = kind_at + (plain ? 1 : 4);
    if (b.size() < header_len) return DecodeError::too_short(header_len);
    return ArcnetView(kind, header_len);
  }
  [[nodiscard]] constexpr std::size_t header_len() const { return header_len_; }
  // The EtherType of the same protocol; 0 for those without one here.
  [[nodiscard]] constexpr std::uint16_t ether_type() const {
    if (kind_ == kIp1051 || kind_ == kIp1201) return ether_type::kIpv4;
    if (kind_ == kArp1051 || kind_ == kArp1201) return ether_type::kArp;
    return 0;
  }

 private:
  static constexpr std::uint8_t kIp1051 = 0xf0, kArp1051 = 0xf1, kIp1201 = 0xd4, kArp1201 = 0xd5;
  constexpr ArcnetView(std::uint8_t kind, std::size_t header_len)
      : kind_(kind), header_len_(header_len) {}
  std::uint8_t kind_;
  std::size_t header_len_;
};

}  // namespace tapstat::decode
