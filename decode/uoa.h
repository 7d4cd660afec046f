// DPVS's header between IP and UDP that carries the client's address (iqiyi/dpvs kmod/uoa/uoa.h,
// struct opphdr). Borrowed bytes.
#pragma once

#include "decode/bytes.h"
#include "decode/ip_protocol.h"

namespace tapstat::decode {

// The number is not IANA's (248 is unassigned), so what is not just so is somebody else's.
class UoaView {
 public:
  static constexpr std::size_t kFixedLen = 4;

  [[nodiscard]] static constexpr Result<UoaView> parse(Bytes b) {
    if (b.size() < kFixedLen) return DecodeError::too_short(kFixedLen);
    const int version = b[0] >> 4;  // 1: the option has an IPv4 address, 2: IPv6
    if ((version != 1 && version != 2) || (b[0] & 0x0f) != 0) return DecodeError::invalid(0);
    if (b[1] != ip_protocol::kUdp) return DecodeError::invalid(1);
    const std::size_t length = be16(b, 2);
    if (length < kFixedLen || length > kMaxLen) return DecodeError::invalid(2);
    if (b.size() < length) return DecodeError::too_short(length);
    return UoaView(b.first(length));
  }
  [[nodiscard]] constexpr std::uint8_t next_protocol() const { return bytes_[1]; }
  [[nodiscard]] constexpr std::size_t header_len() const { return bytes_.size(); }
  // As those of IPv4 (RFC 791 section 3.1).
  [[nodiscard]] constexpr Bytes options() const { return bytes_.subspan(kFixedLen); }

 private:
  // Options as IPv4 has room for; DPVS writes one.
  static constexpr std::size_t kMaxLen = kFixedLen + 40;
  explicit constexpr UoaView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
