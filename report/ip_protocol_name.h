// Names of IP protocols, as records and reports print them.
#pragma once

#include <cstdint>
#include <string>

namespace tapstat::report {

// "udp", "icmp", "sctp" ... the number where it has none here.
[[nodiscard]] std::string ip_protocol_name(std::uint8_t protocol);

}  // namespace tapstat::report
