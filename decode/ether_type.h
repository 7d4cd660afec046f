// The EtherType values the decoders understand (IEEE 802 numbers registry).
#pragma once

#include <cstdint>

namespace tapstat::decode::ether_type {

inline constexpr std::uint16_t kMax8023Length =
    1500;  // up to here the field is a length, 802.3 3.2.6
inline constexpr std::uint16_t kMin = 0x0600;
inline constexpr std::uint16_t kIpv4 = 0x0800;
inline constexpr std::uint16_t kArp = 0x0806;
inline constexpr std::uint16_t kErspan3 = 0x22eb;
inline constexpr std::uint16_t kTransparentEthernet = 0x6558;  // RFC 1701
inline constexpr std::uint16_t kRarp = 0x8035;
inline constexpr std::uint16_t kVlan = 0x8100;  // 802.1Q C-tag
inline constexpr std::uint16_t kIpv6 = 0x86dd;
inline constexpr std::uint16_t kPpp = 0x880b;
inline constexpr std::uint16_t kMplsUnicast = 0x8847;
inline constexpr std::uint16_t kMplsMulticast = 0x8848;
inline constexpr std::uint16_t kPppoeDiscovery = 0x8863;
inline constexpr std::uint16_t kPppoeSession = 0x8864;
inline constexpr std::uint16_t kServiceVlan = 0x88a8;  // 802.1ad S-tag
inline constexpr std::uint16_t kErspan = 0x88be;       // types I and II
inline constexpr std::uint16_t kFabricPath = 0x8903;
inline constexpr std::uint16_t kOldQinQ = 0x9100;  // never registered, much used before 802.1ad

[[nodiscard]] constexpr bool is_vlan(std::uint16_t type) {
  return type == kVlan || type == kServiceVlan || type == kOldQinQ;
}

}  // namespace tapstat::decode::ether_type
