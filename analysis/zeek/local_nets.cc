#include "analysis/zeek/local_nets.h"

#include <algorithm>
#include <array>

namespace tapstat::analysis::zeek {
namespace {

struct Net {
  std::array<std::uint8_t, 6> prefix;
  int bits;  // at most 48
};

// This network, private use, shared, loopback, link local, protocol assignments, documentation,
// benchmarking, local multicast, reserved.
constexpr std::array<Net, 16> kIpv4 = {{{{0}, 8},
                                        {{10}, 8},
                                        {{100, 64}, 10},
                                        {{127}, 8},
                                        {{169, 254}, 16},
                                        {{172, 16}, 12},
                                        {{192, 0, 0}, 24},
                                        {{192, 0, 2}, 24},
                                        {{192, 168}, 16},
                                        {{198, 18}, 15},
                                        {{198, 51, 100}, 24},
                                        {{203, 0, 113}, 24},
                                        {{224, 0, 0}, 24},
                                        {{239}, 8},
                                        {{240}, 4},
                                        {{255, 255, 255, 255}, 32}}};

// Translation, discard, protocol assignments, documentation, unique local, link local.
constexpr std::array<Net, 6> kIpv6 = {{{{0, 0x64, 0xff, 0x9b, 0, 1}, 48},
                                       {{1, 0}, 48},
                                       {{0x20, 0x01, 0}, 23},
                                       {{0x20, 0x01, 0x0d, 0xb8}, 32},
                                       {{0xfc}, 7},
                                       {{0xfe, 0x80}, 10}}};

[[nodiscard]] bool contains(const Net& net, const std::uint8_t* address) {
  int left = net.bits;
  for (std::size_t i = 0; left > 0; ++i, left -= 8) {
    const int mask = left >= 8 ? 0xff : 0xff << (8 - left) & 0xff;
    if (((address[i] ^ net.prefix[i]) & mask) != 0) return false;
  }
  return true;
}

template <std::size_t N>
[[nodiscard]] bool contain(const std::array<Net, N>& nets, const std::uint8_t* address) {
  return std::any_of(nets.begin(), nets.end(),
                     [&](const Net& net) { return contains(net, address); });
}

// :: and ::1
[[nodiscard]] bool is_unspecified_or_loopback(const std::array<std::uint8_t, 16>& bytes) {
  return bytes[15] <= 1 &&
         std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

bool is_local(const IpAddress& address) {
  const auto bytes = address.bytes();
  if (address.is_v4()) return contain(kIpv4, bytes.data() + 12);
  // As the IPv4 address in one of 6to4 (RFC 3056).
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return contain(kIpv4, bytes.data() + 2);
  return is_unspecified_or_loopback(bytes) || contain(kIpv6, bytes.data());
}

}  // namespace tapstat::analysis::zeek
