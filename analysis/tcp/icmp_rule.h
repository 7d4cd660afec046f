// Which ICMP errors end a handshake. A synchronized connection takes them for hints only (RFC 1122
// section 4.2.3.9, RFC 5927 section 5.2).
#pragma once

#include <cstdint>

#include "analysis/tcp/state.h"

namespace tapstat::analysis::tcp {

// Linux tcp_v4_err and tcp_v6_err: connect() fails with any unreachability but "fragmentation
// needed" or "packet too big", with time exceeded, and with a parameter problem. A request that
// waits for its ACK is dropped on fewer (tcp_req_err; icmpv6_err_convert's "fatal" ones).
[[nodiscard]] constexpr bool ends_handshake(State state, int ip_version, std::uint8_t type,
                                            std::uint8_t code) {
  const bool v4 = ip_version == 4;
  // Codes above 15 do not exist; of a reassembly that took too long no socket hears (icmp_unreach).
  const bool unreachable = type == (v4 ? 3 : 1) && (!v4 || code <= 15);
  const bool time_exceeded = type == (v4 ? 11 : 3) && (!v4 || code == 0);
  const bool parameter_problem = type == (v4 ? 12 : 4);
  if (state == State::syn_sent) {
    return (unreachable && !(v4 && code == 4)) || time_exceeded || parameter_problem;
  }
  if (state != State::syn_received) return false;
  if (v4) return (unreachable && code <= 1) || time_exceeded || parameter_problem;
  return (unreachable && code != 0 && code != 2 && code != 3) || parameter_problem;
}

}  // namespace tapstat::analysis::tcp
