// What an IP address can be used for, by IANA's registries of special-purpose addresses.
#pragma once

#include "analysis/ip_address.h"

namespace tapstat::analysis::stations {

// One that a single host can have and be reached at: not 0.0.0.0/8, :: or ::1, 127/8, groups,
// 240/4 and broadcast.
[[nodiscard]] bool is_host_address(const IpAddress& address);

// One that routers forward to, private or not: a host's address that is not of one link only
// (169.254/16, RFC 3927; fe80::/10, RFC 4291 section 2.5.6).
[[nodiscard]] bool is_routable(const IpAddress& address);

// Not of a network that somebody runs for himself: RFC 1918, RFC 6598, RFC 4193. Addresses of
// documents (RFC 5737, RFC 3849) stand for public ones.
[[nodiscard]] bool is_public(const IpAddress& address);

}  // namespace tapstat::analysis::stations
