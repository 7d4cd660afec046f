// PPP header (RFC 1661 section 2) with or without HDLC-like framing (RFC 1662 section 3.1), the
// PPPoE header (RFC 2516 section 4) and Cisco HDLC (RFC 1547 section 4.3.1).
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

namespace ppp_protocol {
inline constexpr std::uint16_t kIpv4 = 0x0021;
inline constexpr std::uint16_t kIpv6 = 0x0057;
inline constexpr std::uint16_t kMplsUnicast = 0x0281;
inline constexpr std::uint16_t kMplsMulticast = 0x0283;
}  // namespace ppp_protocol

// Address and control (ff 03) may be left out, and so may the protocol's zero first byte
// (RFC 1661 section 6.5: an odd first byte is the whole field).
class PppView {
 public:
  [[nodiscard]] static constexpr Result<PppView> parse(Bytes b) {
    if (b.size() < 2) return DecodeError::too_short(2);
    const std::size_t at = b[0] == 0xff && b[1] == 0x03 ? 2 : 0;
    if (b.size() < at + 1) return DecodeError::too_short(at + 2);
    if ((b[at] & 1) != 0) return PppView(b[at], at + 1);
    if (b.size() < at + 2) return DecodeError::too_short(at + 2);
    return PppView(be16(b, at), at + 2);
  }
  [[nodiscard]] constexpr std::uint16_t protocol() const { return protocol_; }
  [[nodiscard]] constexpr std::size_t header_len() const { return header_len_; }

 private:
  constexpr PppView(std::uint16_t protocol, std::size_t header_len)
      : protocol_(protocol), header_len_(header_len) {}
  std::uint16_t protocol_;
  std::size_t header_len_;
};

class PppoeView {
 public:
  static constexpr std::size_t kLen = 6;
  static constexpr std::uint8_t kSessionData = 0;

  [[nodiscard]] static constexpr Result<PppoeView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    if (b[0] != 0x11) return DecodeError::invalid(0);
    return PppoeView(b);
  }
  [[nodiscard]] constexpr std::uint8_t code() const { return bytes_[1]; }
  [[nodiscard]] constexpr std::uint16_t session() const { return be16(bytes_, 2); }
  [[nodiscard]] constexpr std::uint16_t payload_len() const { return be16(bytes_, 4); }

 private:
  explicit constexpr PppoeView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

class CHdlcView {
 public:
  static constexpr std::size_t kLen = 4;

  [[nodiscard]] static constexpr Result<CHdlcView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return CHdlcView(b);
  }
  [[nodiscard]] constexpr std::uint16_t type() const { return be16(bytes_, 2); }

 private:
  explicit constexpr CHdlcView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
