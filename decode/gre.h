// GRE header: version 0 (RFC 2784, RFC 2890) and version 1, which PPTP uses (RFC 2637 section 4.1).
#pragma once

#include <optional>

#include "decode/bytes.h"

namespace tapstat::decode {

class GreView {
 public:
  static constexpr std::size_t kMinLen = 4;

  // Source routes (RFC 1701, struck out by RFC 2784) and versions above 1 are refused.
  [[nodiscard]] static constexpr Result<GreView> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    const unsigned version = b[1] & 0x07u;
    if (version > 1 || (b[0] & 0x40) != 0) return DecodeError::invalid(0);
    if (version == 1 && (b[0] & 0x20) == 0) return DecodeError::invalid(0);  // a key is a must
    const GreView view(b);
    if (b.size() < view.header_len()) return DecodeError::too_short(view.header_len());
    return view;
  }
  [[nodiscard]] constexpr bool is_pptp() const { return (bytes_[1] & 0x07) == 1; }
  [[nodiscard]] constexpr std::uint16_t protocol() const { return be16(bytes_, 2); }
  [[nodiscard]] constexpr bool has_sequence() const { return (bytes_[0] & 0x10) != 0; }
  [[nodiscard]] constexpr std::optional<std::uint32_t> key() const {
    if ((bytes_[0] & 0x20) == 0) return std::nullopt;
    return be32(bytes_, has_checksum() ? 8 : 4);
  }
  // PPTP splits the key in payload length and call id.
  [[nodiscard]] constexpr std::uint16_t call_id() const { return be16(bytes_, 6); }
  // What tells tunnels between the same hosts apart.
  [[nodiscard]] constexpr std::optional<std::uint32_t> tunnel_id() const {
    return is_pptp() ? call_id() : key();
  }
  [[nodiscard]] constexpr std::size_t header_len() const {
    const bool has_key = (bytes_[0] & 0x20) != 0;
    const bool has_ack = is_pptp() && (bytes_[1] & 0x80) != 0;
    return kMinLen + std::size_t{4} * (has_checksum() + has_key + has_sequence() + has_ack);
  }

 private:
  explicit constexpr GreView(Bytes b) : bytes_(b) {}
  [[nodiscard]] constexpr bool has_checksum() const {
    return !is_pptp() && (bytes_[0] & 0x80) != 0;
  }
  Bytes bytes_;
};

}  // namespace tapstat::decode
