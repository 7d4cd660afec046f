// The IP protocol numbers the decoders understand (IANA protocol numbers registry).
#pragma once

#include <cstdint>

namespace tapstat::decode::ip_protocol {

inline constexpr std::uint8_t kHopByHop = 0;
inline constexpr std::uint8_t kIcmp = 1;
inline constexpr std::uint8_t kIpv4 = 4;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;
inline constexpr std::uint8_t kIpv6 = 41;
inline constexpr std::uint8_t kRouting = 43;
inline constexpr std::uint8_t kFragment = 44;
inline constexpr std::uint8_t kGre = 47;
inline constexpr std::uint8_t kAuthentication = 51;
inline constexpr std::uint8_t kIcmpv6 = 58;
inline constexpr std::uint8_t kDestination = 60;
inline constexpr std::uint8_t kVrrp = 112;
inline constexpr std::uint8_t kSctp = 132;
inline constexpr std::uint8_t kMobility = 135;
inline constexpr std::uint8_t kMpls = 137;
inline constexpr std::uint8_t kHip = 139;
inline constexpr std::uint8_t kShim6 = 140;
inline constexpr std::uint8_t kUoa = 248;  // DPVS; unassigned at IANA

}  // namespace tapstat::decode::ip_protocol
