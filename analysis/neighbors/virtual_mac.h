// MAC addresses that several routers or servers share on purpose: they move and answer from
// anywhere, and nothing is wrong.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "decode/mac_address.h"

namespace tapstat::analysis::neighbors {

using decode::MacAddress;

// 00-00-5E-00-01-vrid and 00-00-5E-00-02-vrid, RFC 5798 section 7.3; CARP uses the same.
[[nodiscard]] constexpr bool is_vrrp(const MacAddress& mac) {
  return mac[0] == 0 && mac[1] == 0 && mac[2] == 0x5e && mac[3] == 0 &&
         (mac[4] == 0x01 || mac[4] == 0x02);
}

// 00-00-0C-07-AC-group (RFC 2281 section 5.5), 00-00-0C-9F-Fg-gg of version 2, 00-05-73-A0-0g-gg of
// IPv6.
[[nodiscard]] constexpr bool is_hsrp(const MacAddress& mac) {
  if (mac[0] == 0 && mac[1] == 0 && mac[2] == 0x0c) {
    return (mac[3] == 0x07 && mac[4] == 0xac) || (mac[3] == 0x9f && (mac[4] & 0xf0) == 0xf0);
  }
  return mac[0] == 0 && mac[1] == 0x05 && mac[2] == 0x73 && mac[3] == 0xa0 && (mac[4] & 0xf0) == 0;
}

// 00-07-B4-00-gg-ff: one address of the group, several MAC addresses in turn.
[[nodiscard]] constexpr bool is_glbp(const MacAddress& mac) {
  return mac[0] == 0 && mac[1] == 0x07 && mac[2] == 0xb4 && (mac[3] & 0xfc) == 0;
}

// Microsoft Network Load Balancing: 02-BF (unicast), 03-BF (multicast), 01-00-5E-7F (IGMP) and then
// two or four octets of the cluster's address; each host sends from 02-host-... instead.
[[nodiscard]] constexpr bool is_load_balancing_cluster(const MacAddress& mac) {
  return ((mac[0] == 0x02 || mac[0] == 0x03) && mac[1] == 0xbf) ||
         (mac[0] == 0x01 && mac[1] == 0 && mac[2] == 0x5e && mac[3] == 0x7f);
}

// "vrrp" and the like; empty for an ordinary address.
[[nodiscard]] constexpr std::string_view virtual_protocol(const MacAddress& mac) {
  if (is_vrrp(mac)) return "vrrp";
  if (is_hsrp(mac)) return "hsrp";
  if (is_glbp(mac)) return "glbp";
  if (is_load_balancing_cluster(mac)) return "nlb";
  return "";
}

[[nodiscard]] constexpr bool is_virtual(const MacAddress& mac) {
  return !virtual_protocol(mac).empty();
}

}  // namespace tapstat::analysis::neighbors
