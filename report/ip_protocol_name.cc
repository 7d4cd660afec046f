#include "report/ip_protocol_name.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tapstat::report {
namespace {

struct Name {
  std::uint8_t protocol;
  std::string_view name;
};

// https://www.iana.org/assignments/protocol-numbers: those that networks still carry, by the names
// that tcpdump and Zeek's users know.
constexpr std::array<Name, 18> kNames = {{{1, "icmp"},
                                          {2, "igmp"},
                                          {6, "tcp"},
                                          {17, "udp"},
                                          {33, "dccp"},
                                          {46, "rsvp"},
                                          {47, "gre"},
                                          {50, "esp"},
                                          {51, "ah"},
                                          {58, "icmpv6"},
                                          {59, "ipv6-nonxt"},
                                          {88, "eigrp"},
                                          {89, "ospf"},
                                          {103, "pim"},
                                          {112, "vrrp"},
                                          {115, "l2tp"},
                                          {132, "sctp"},
                                          {136, "udplite"}}};

}  // namespace

std::string ip_protocol_name(std::uint8_t protocol) {
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const Name& n) { return n.protocol == protocol; });
  return found != kNames.end() ? std::string{found->name} : std::to_string(protocol);
}

}  // namespace tapstat::report
