// MAC addresses that stand for something else than one host's network card: groups, and the virtual
// addresses of redundant routers and clusters.
#pragma once

#include <string>

#include "decode/mac_address.h"

namespace tapstat::report {

// "LLDP, nearest bridge", "VRRP router 7", "IPv4 multicast 224.0.0.251": printable ASCII. Empty for
// all others.
[[nodiscard]] std::string well_known_name(const decode::MacAddress& mac);

}  // namespace tapstat::report
