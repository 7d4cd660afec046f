// What stands between UDP and IPv6 in Teredo (RFC 4380 section 5.1.1) and AYIYA
// (draft-massar-v6ops-ayiya-02 section 3).
#pragma once

#include "decode/bytes.h"
#include "decode/ip_protocol.h"

namespace tapstat::decode {

// Up to two indicators, authentication before origin, each optional.
class TeredoView {
 public:
  [[nodiscard]] static constexpr Result<TeredoView> parse(Bytes b) {
    std::size_t at = 0;
    if (b.size() >= 4 && be16(b, 0) == kAuthentication) at = 13u + b[2] + b[3];
    if (b.size() >= at + 2 && be16(b, at) == kOrigin) at += kOriginLen;
    if (b.size() <= at) return DecodeError::too_short(at + 1);
    if (b[at] >> 4 != 6) return DecodeError::invalid(at);
    return TeredoView(at);
  }
  [[nodiscard]] constexpr std::size_t header_len() const { return header_len_; }

 private:
  static constexpr std::uint16_t kOrigin = 0, kAuthentication = 1;
  static constexpr std::size_t kOriginLen = 8;
  explicit constexpr TeredoView(std::size_t header_len) : header_len_(header_len) {}
  std::size_t header_len_;
};

class AyiyaView {
 public:
  static constexpr std::size_t kMinLen = 8;
  static constexpr unsigned kForward = 1;

  [[nodiscard]] static constexpr Result<AyiyaView> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    if ((b[2] & 0x0fu) != kForward || b[3] != ip_protocol::kIpv6) return DecodeError::invalid(2);
    const std::size_t identity_len = std::size_t{1} << (b[0] >> 4);
    const std::size_t header_len = kMinLen + identity_len + (b[1] >> 4) * std::size_t{4};
    if (b.size() < header_len) return DecodeError::too_short(header_len);
    return AyiyaView(header_len);
  }
  [[nodiscard]] constexpr std::size_t header_len() const { return header_len_; }

 private:
  explicit constexpr AyiyaView(std::size_t header_len) : header_len_(header_len) {}
  std::size_t header_len_;
};

}  // namespace tapstat::decode
