// Frames with IPv6 neighbour discovery messages (RFC 4861 section 4), for tests.
#pragma once

#include <string_view>

#include "tests/support/packet_builder.h"

namespace tapstat::test {

// `type` 133 to 137; `flags` are the four bytes after the checksum; `target` (and `destination`, of
// a redirect) is left out where empty.
struct NdSpec {
  std::uint8_t type = 135;
  std::string_view src = "fe80::1";
  std::string_view dst = "ff02::1:ff00:2";
  std::string_view target = "fe80::2";
  std::string_view destination = "";
  std::uint32_t flags = 0;
  std::string_view source_link_layer = "";
  std::string_view target_link_layer = "";
  Buffer options{};  // raw, after the ones above
  std::uint8_t code = 0;
  std::uint8_t hop_limit = 255;
  std::vector<std::uint16_t> vlan{};
  std::string_view src_mac = "02:00:00:00:00:01";
  std::string_view dst_mac = "33:33:ff:00:00:02";
};

inline constexpr std::uint32_t kNdRouter = 0x80000000u, kNdSolicited = 0x40000000u,
                               kNdOverride = 0x20000000u;

[[nodiscard]] inline Buffer link_layer_option(std::uint8_t type, std::string_view mac) {
  return mac.empty() ? Buffer{} : concat(Buffer{type, 1}, mac_bytes(mac));
}

[[nodiscard]] inline Buffer nd(const NdSpec& spec) {
  Buffer body = spec.target.empty() ? Buffer{} : ip_bytes(spec.target);
  if (!spec.destination.empty()) body = concat(body, ip_bytes(spec.destination));
  body = concat(body, link_layer_option(1, spec.source_link_layer));
  body = concat(body, link_layer_option(2, spec.target_link_layer));
  return icmp({.src = spec.src,
               .dst = spec.dst,
               .type = spec.type,
               .code = spec.code,
               .rest = spec.flags,
               .payload = concat(body, spec.options),
               .ttl = spec.hop_limit,
               .vlan = spec.vlan,
               .src_mac = spec.src_mac,
               .dst_mac = spec.dst_mac});
}

}  // namespace tapstat::test
