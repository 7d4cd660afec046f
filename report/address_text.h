// Addresses as text.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "analysis/ip_address.h"

namespace tapstat::report {

[[nodiscard]] std::string address_text(const analysis::IpAddress& address);  // RFC 5952 for IPv6
[[nodiscard]] std::string endpoint_text(const analysis::IpAddress& address, std::uint16_t port);
[[nodiscard]] std::string mac_text(const std::array<std::uint8_t, 6>& mac);

}  // namespace tapstat::report
