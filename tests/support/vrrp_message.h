// VRRP adverts (RFC 3768, RFC 9568) with right checksums, for tests.
#pragma once

#include <string_view>
#include <vector>

#include "tests/support/packet_builder.h"

namespace tapstat::test {

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the order is for the reader
struct VrrpSpec {
  int version = 2;
  std::uint8_t vrid = 51;
  std::uint8_t priority = 100;
  std::uint16_t interval = 1;  // as on the wire: seconds, or in version 3 hundredths of one
  std::vector<std::string_view> addresses = {"10.0.0.100"};
  std::string_view src = "10.0.0.1";
  std::string_view src_mac = "02:00:00:00:00:01";
  std::uint8_t ttl = 255;
  std::uint16_t ip_id = 0;
  std::uint8_t auth_type = 0;
  bool with_pseudo_header = false;  // of version 3 over IPv4
  std::vector<std::uint16_t> vlan{};
};

[[nodiscard]] inline std::uint16_t internet_checksum(const Buffer& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += bytes[i] << (i % 2 == 0 ? 8 : 0);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

[[nodiscard]] inline std::string_view vrrp_group(const VrrpSpec& spec) {
  return spec.src.find(':') == std::string_view::npos ? "224.0.0.18" : "ff02::12";
}

// From the VRRP header on.
[[nodiscard]] inline Buffer vrrp_message(const VrrpSpec& spec) {
  const auto high = static_cast<std::uint8_t>(spec.interval >> 8);
  const auto low = static_cast<std::uint8_t>(spec.interval);
  Buffer m = {static_cast<std::uint8_t>(spec.version << 4 | 1),
              spec.vrid,
              spec.priority,
              static_cast<std::uint8_t>(spec.addresses.size()),
              spec.version == 2 ? spec.auth_type : high,
              low,
              0,
              0};
  for (const std::string_view address : spec.addresses) m = concat(m, ip_bytes(address));
  if (spec.version == 2) m.resize(m.size() + 8);
  const Buffer source = ip_bytes(spec.src);
  Buffer covered = m;
  if (source.size() == 16 || spec.with_pseudo_header) {
    covered = concat(concat(source, ip_bytes(vrrp_group(spec))), {0, 112});
    covered = concat(concat(covered, {0, static_cast<std::uint8_t>(m.size())}), m);
  }
  const std::uint16_t checksum = internet_checksum(covered);
  m[6] = static_cast<std::uint8_t>(checksum >> 8);
  m[7] = static_cast<std::uint8_t>(checksum);
  return m;
}

// A whole frame around `message`.
[[nodiscard]] inline Buffer vrrp_frame(const VrrpSpec& spec, const Buffer& message) {
  const Buffer packet = ip_packet(
      message, 112, {.src = spec.src, .dst = vrrp_group(spec), .ttl = spec.ttl, .id = spec.ip_id});
  return ethernet(packet,
                  {.src_mac = spec.src_mac, .dst_mac = "01:00:5e:00:00:12", .vlan = spec.vlan});
}
[[nodiscard]] inline Buffer vrrp(const VrrpSpec& spec) {
  return vrrp_frame(spec, vrrp_message(spec));
}

}  // namespace tapstat::test
