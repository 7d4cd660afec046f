// An IPv4 or IPv6 address as a value that can be compared and hashed.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace tapstat::analysis {

// Network byte order throughout. IPv4 is kept mapped (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2), so
// that one comparison serves both families; no packet carries a mapped address on the wire.
class IpAddress {
 public:
  constexpr IpAddress() = default;
  // From what high() and low() gave.
  constexpr IpAddress(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}

  // `bytes` points at 4 (version 4) or 16 bytes.
  [[nodiscard]] static IpAddress from_wire(const std::uint8_t* bytes, int version) {
    IpAddress a;
    if (version == 4) {
      std::uint32_t v4;
      std::memcpy(&v4, bytes, 4);
      a.low_ = kMapped | std::uint64_t{v4} << 32;
    } else {
      std::memcpy(&a.high_, bytes, 8);
      std::memcpy(&a.low_, bytes + 8, 8);
    }
    return a;
  }

  [[nodiscard]] bool is_v4() const { return high_ == 0 && (low_ & 0xffffffffu) == kMapped; }
  [[nodiscard]] std::array<std::uint8_t, 16> bytes() const {
    return std::bit_cast<std::array<std::uint8_t, 16>>(std::array{high_, low_});
  }
  // Raw halves, for hashing.
  [[nodiscard]] std::uint64_t high() const { return high_; }
  [[nodiscard]] std::uint64_t low() const { return low_; }

  friend bool operator==(const IpAddress& a, const IpAddress& b) {
    return ((a.high_ ^ b.high_) | (a.low_ ^ b.low_)) == 0;
  }
  // As numbers on the wire: the order that Community ID and readers expect.
  friend bool operator<(const IpAddress& a, const IpAddress& b) {
    const bool same = a.high_ == b.high_;
    return host(same ? a.low_ : a.high_) < host(same ? b.low_ : b.high_);
  }

 private:
  static_assert(std::endian::native == std::endian::little, "byte swaps below assume it");
  static constexpr std::uint64_t kMapped = 0xffff0000u;  // bytes 00 00 ff ff
  [[nodiscard]] static std::uint64_t host(std::uint64_t v) { return __builtin_bswap64(v); }

  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

}  // namespace tapstat::analysis
