#include "report/well_known_macs.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace tapstat::report {
namespace {

struct Block {
  std::uint64_t first;
  int bits;  // how many of the 48 are fixed
  std::string_view name;
  // Appended where it is not nullptr: what the rest of the address says.
  std::string (*detail)(std::uint64_t mac) = nullptr;
};

[[nodiscard]] std::string last_octet(std::uint64_t mac) { return fmt::format(" {}", mac & 0xff); }

[[nodiscard]] std::string last_12_bits(std::uint64_t mac) {
  return fmt::format(" {}", mac & 0xfff);
}

// 00-07-b4-0g-gg-ff.
[[nodiscard]] std::string group_and_forwarder(std::uint64_t mac) {
  return fmt::format(" {} forwarder {}", mac >> 8 & 0xfff, mac & 0xff);
}

// RFC 1112 section 6.4: 23 bits of the group, so that 32 groups share it.
[[nodiscard]] std::string ipv4_groups(std::uint64_t mac) {
  const std::uint64_t second = mac >> 16 & 0x7f;
  return fmt::format(" 224..239.({}|{}).{}.{}", second, second + 128, mac >> 8 & 0xff, mac & 0xff);
}

// RFC 2464 section 7: the last 32 bits of the group.
[[nodiscard]] std::string ipv6_groups(std::uint64_t mac) {
  if ((mac >> 24 & 0xff) == 0xff) {  // RFC 4291 section 2.7.1
    return fmt::format(" solicited-node ff02::1:ff{:02x}:{:x}", mac >> 16 & 0xff, mac & 0xffff);
  }
  return (mac >> 16 & 0xffff) == 0
             ? fmt::format(" ff0x::{:x}", mac & 0xffff)
             : fmt::format(" ff0x::{:x}:{:x}", mac >> 16 & 0xffff, mac & 0xffff);
}

// The first that fits counts. Sources: IEEE 802.1Q-2018 tables 8-1, 8-2 and 8-3 and the IEEE's list
// of standard group MAC addresses ("802.1Q"); RFCs; where there is no standard, the list `wka` of
// Wireshark 4.0.17 ("wka"), which has all of the others, too.
constexpr std::array kBlocks = {
    Block{0xffffffffffff, 48, "broadcast"},                                     // IEEE 802
    Block{0x0180c2000000, 48, "bridge group (STP)"},                            // 802.1Q table 8-1
    Block{0x0180c2000001, 48, "MAC control (pause)"},                           // 802.3 31.3
    Block{0x0180c2000002, 48, "slow protocols (LACP, OAM)"},                    // 802.3 57A.3
    Block{0x0180c2000003, 48, "nearest non-TPMR bridge (802.1X, LLDP)"},        // 802.1Q table 8-1
    Block{0x0180c2000007, 48, "MEF E-LMI"},                                     // MEF 16
    Block{0x0180c2000008, 48, "provider bridge group (STP)"},                   // 802.1Q table 8-2
    Block{0x0180c200000d, 48, "provider bridge MVRP"},                          // 802.1Q table 8-1
    Block{0x0180c200000e, 48, "nearest bridge (LLDP, PTP)"},                    // 802.1Q table 8-3
    Block{0x0180c2000000, 44, "bridge control, reserved"},                      // 802.1Q table 8-1
    Block{0x0180c2000010, 48, "all bridges"},                                   // 802.1Q 8.13.7
    Block{0x0180c2000013, 48, "IEEE 1905.1"},                                   // IEEE 1905.1
    Block{0x0180c2000014, 48, "IS-IS level 1"},                                 // ISO 10589
    Block{0x0180c2000015, 48, "IS-IS level 2"},                                 // ISO 10589
    Block{0x0180c200001b, 48, "ES-IS multicast-capable end systems"},           // wka
    Block{0x0180c200001c, 48, "ES-IS multicast announcements"},                 // wka
    Block{0x0180c200001d, 48, "ES-IS multicast-capable intermediate systems"},  // wka
    Block{0x0180c2000020, 48, "GMRP/MMRP"},                                     // 802.1Q table 10-1
    Block{0x0180c2000021, 48, "GVRP/MVRP"},                                     // 802.1Q table 10-1
    Block{0x0180c2000020, 44, "GARP/MRP application"},                          // 802.1Q table 10-1
    Block{0x0180c2000030, 44, "CFM (OAM)"},                              // 802.1Q tables 8-14
    Block{0x0180c2000040, 48, "TRILL RBridges"},                         // RFC 6325 7.2
    Block{0x0180c2000041, 48, "TRILL IS-IS"},                            // RFC 6325 7.2
    Block{0x0180c2000000, 24, "IEEE 802 standard group"},                // IEEE
    Block{0x011b19000000, 48, "PTP"},                                    // IEEE 1588 annex F
    Block{0x01000ccccccc, 48, "Cisco CDP/VTP/DTP/PAgP/UDLD"},            // wka
    Block{0x01000ccccccd, 48, "Cisco PVST+"},                            // wka
    Block{0x01000ccdcdcd, 48, "Cisco STP UplinkFast"},                   // wka
    Block{0x01000ccdcdce, 48, "Cisco VLAN bridge"},                      // wka
    Block{0x01000cdddddd, 48, "Cisco CGMP"},                             // wka
    Block{0x01000c000000, 40, "Cisco ISL"},                              // wka
    Block{0x01005e000000, 25, "IPv4 multicast", ipv4_groups},            // RFC 1112 6.4
    Block{0x01005e800000, 28, "MPLS multicast"},                         // RFC 5332 8
    Block{0x333300000000, 16, "IPv6 multicast", ipv6_groups},            // RFC 2464 7
    Block{0x00005e000100, 40, "VRRP (or CARP) router", last_octet},      // RFC 5798 7.3
    Block{0x00005e000200, 40, "VRRP IPv6 router", last_octet},           // RFC 5798 7.3
    Block{0x00000c07ac00, 40, "HSRP group", last_octet},                 // RFC 2281 5.1
    Block{0x00000c9ff000, 36, "HSRPv2 group", last_12_bits},             // Cisco HSRP v2
    Block{0x000573a00000, 36, "HSRP IPv6 group", last_12_bits},          // Cisco HSRP IPv6
    Block{0x0007b4000000, 24, "GLBP group", group_and_forwarder},        // Cisco GLBP
    Block{0x02bf00000000, 16, "MS-NLB cluster, unicast"},                // wka
    Block{0x03bf00000000, 16, "MS-NLB cluster, multicast"},              // wka
    Block{0x011018010000, 46, "FCoE"},                                   // wka
    Block{0x01e052cccccc, 48, "Foundry FDP"},                            // wka
    Block{0x00e02b000000, 44, "Extreme EDP/EAPS/ESRP"},                  // wka
    Block{0x09002b000005, 48, "ES-IS intermediate systems (ISO 9542)"},  // wka
    Block{0x09002b000004, 48, "ES-IS end systems (ISO 9542)"},           // wka
    Block{0xcf0000000000, 48, "Ethernet configuration test"},            // Ethernet II 8.4
};

}  // namespace

std::string well_known_name(const decode::MacAddress& mac) {
  const std::uint64_t number = decode::number_of(mac);
  for (const Block& block : kBlocks) {
    if ((number ^ block.first) >> (48 - block.bits) != 0) continue;
    return std::string{block.name} + (block.detail == nullptr ? "" : block.detail(number));
  }
  return {};
}

}  // namespace tapstat::report
