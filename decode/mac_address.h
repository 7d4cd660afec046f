// A 48-bit MAC address as it stands on the wire, and what its first octet says, IEEE 802 section 8.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace tapstat::decode {

using MacAddress = std::array<std::uint8_t, 6>;

// `bytes` points at 6.
[[nodiscard]] inline MacAddress mac_from_wire(const std::uint8_t* bytes) {
  MacAddress mac;
  std::copy_n(bytes, mac.size(), mac.begin());
  return mac;
}

// For hashing.
[[nodiscard]] constexpr std::uint64_t number_of(const MacAddress& mac) {
  std::uint64_t number = 0;
  for (const std::uint8_t octet : mac) number = number << 8 | octet;
  return number;
}

// The I/G bit: of a group, and so nobody's own.
[[nodiscard]] constexpr bool is_group(const MacAddress& mac) { return (mac[0] & 0x01) != 0; }
// The U/L bit: given by whoever runs the network, not by a maker.
[[nodiscard]] constexpr bool is_local(const MacAddress& mac) { return (mac[0] & 0x02) != 0; }
[[nodiscard]] constexpr bool is_broadcast(const MacAddress& mac) {
  return std::all_of(mac.begin(), mac.end(), [](std::uint8_t octet) { return octet == 0xff; });
}
[[nodiscard]] constexpr bool is_zero(const MacAddress& mac) {
  return std::all_of(mac.begin(), mac.end(), [](std::uint8_t octet) { return octet == 0; });
}

}  // namespace tapstat::decode
