// What ICMP (RFC 792) and ICMPv6 (RFC 4443 section 2.1) headers have in common.
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

class IcmpView {
 public:
  static constexpr std::size_t kMinLen = 4;

  [[nodiscard]] static constexpr Result<IcmpView> parse(Bytes b) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    return IcmpView(b);
  }
  [[nodiscard]] constexpr std::uint8_t type() const { return bytes_[0]; }
  [[nodiscard]] constexpr std::uint8_t code() const { return bytes_[1]; }
  [[nodiscard]] constexpr Bytes message() const { return bytes_.subspan(kMinLen); }

 private:
  explicit constexpr IcmpView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
