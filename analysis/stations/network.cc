#include "analysis/stations/network.h"

#include <algorithm>
#include <bit>

namespace tapstat::analysis::stations {
namespace {

constexpr unsigned kBits = 128, kMappedBits = 96;  // of a mapped address, those before IPv4's

[[nodiscard]] std::uint64_t host_order(std::uint64_t half) { return __builtin_bswap64(half); }

// How many leading bits of 128 are the same.
[[nodiscard]] unsigned common_bits(const IpAddress& a, const IpAddress& b) {
  const std::uint64_t high = host_order(a.high() ^ b.high());
  if (high != 0) return static_cast<unsigned>(std::countl_zero(high));
  return 64u + static_cast<unsigned>(std::countl_zero(host_order(a.low() ^ b.low())));
}

[[nodiscard]] std::uint64_t leading_ones(unsigned bits) {
  return bits == 0 ? 0 : host_order(~std::uint64_t{0} << (64u - bits));
}

[[nodiscard]] IpAddress masked(const IpAddress& a, unsigned bits) {
  return {a.high() & leading_ones(std::min(bits, 64u)),
          a.low() & leading_ones(bits > 64u ? bits - 64u : 0u)};
}

[[nodiscard]] unsigned bits_before(bool is_v4) { return is_v4 ? kMappedBits : 0; }

}  // namespace

Network::Network(const IpAddress& address, unsigned length)
    : address_(masked(address, std::min(length + bits_before(address.is_v4()), kBits))),
      length_(std::min(length, kBits - bits_before(address.is_v4()))),
      is_v4_(address.is_v4()) {}

Network Network::everything(bool v4) {
  constexpr std::uint8_t kNone[4] = {};
  return {v4 ? IpAddress::from_wire(kNone, 4) : IpAddress{}, 0};
}

bool Network::contains(const IpAddress& address) const {
  return address.is_v4() == is_v4_ &&
         common_bits(address, address_) >= length_ + bits_before(is_v4_);
}

Network Network::around(const Network& a, const Network& b) {
  const unsigned same = common_bits(a.address_, b.address_) - bits_before(a.is_v4_);
  return {a.address_, std::min({same, a.length_, b.length_})};
}

}  // namespace tapstat::analysis::stations
