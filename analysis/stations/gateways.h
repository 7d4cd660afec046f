// Which MAC addresses are gateways, and for what: what the hosts' routing tables say, as far as
// packets prove it.
//
// A gateway is where hosts send packets that are for somebody else on another link. Each kind of
// evidence is a rule by itself; where nothing proves it, nothing is said. docs/inference.md has the
// rules and what each of them cannot tell.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <map>
#include <vector>

#include "analysis/stations/network.h"
#include "analysis/stations/station_table.h"

namespace tapstat::analysis::stations {

enum class Evidence : std::uint8_t {
  off_link,              // hosts send it packets for addresses that are not on the link
  ttl,                   // packets it sends have come over hops that its own have not
  router_advertisement,  // RFC 4861 section 4.2: it says so
  dhcp,                  // RFC 2132 section 3.5, RFC 3442: a server says so
  redirect,              // RFC 792, RFC 4861 section 4.5: another router says so, or it redirects
  arp_proxy,             // RFC 1027: it answers for addresses that it forwards for
};
inline constexpr std::size_t kEvidenceKinds = 6;

struct Gateway {
  bool is_default_v4 = false, is_default_v6 = false;
  // Apart from the default: those that a message names, and around addresses seen behind it the
  // smallest within a /24 (IPv6: /64). Ascending; none lies in another.
  std::vector<Network> networks;
  std::bitset<kEvidenceKinds> how;  // by Evidence
  std::vector<IpAddress> own;       // what its hosts write as "via": what it claims for itself

  [[nodiscard]] bool is_default() const { return is_default_v4 || is_default_v6; }
  // Whether any of it is of that family.
  [[nodiscard]] bool serves(bool v4) const {
    return (v4 ? is_default_v4 : is_default_v6) ||
           std::any_of(networks.begin(), networks.end(),
                       [v4](const Network& n) { return n.is_v4() == v4; });
  }
};

// `now` is when advertisements are judged to be still valid.
[[nodiscard]] std::map<MacAddress, Gateway> find_gateways(const StationTable& table,
                                                          capture::Timestamp now);

}  // namespace tapstat::analysis::stations
