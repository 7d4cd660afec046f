// An address and port: what one end of a connection is bound to.
#pragma once

#include <cstdint>
#include <tuple>

#include "analysis/ip_address.h"

namespace tapstat::analysis {

struct Socket {
  IpAddress address;
  std::uint16_t port = 0;

  friend bool operator==(const Socket&, const Socket&) = default;
  friend bool operator<(const Socket& a, const Socket& b) {
    return std::tie(a.address, a.port) < std::tie(b.address, b.port);
  }
};

}  // namespace tapstat::analysis
