// Zeek's conn_state (conn_state() of scripts/base/protocols/conn/main.zeek).
#pragma once

#include <string_view>

#include "analysis/zeek/tcp_endpoint.h"

namespace tapstat::analysis::zeek {

// "S0", "SF", "REJ" ... valid for ever. `history` is the connection's.
[[nodiscard]] std::string_view tcp_conn_state(const TcpEndpoint& originator,
                                              const TcpEndpoint& responder,
                                              std::string_view history);

// Of UDP: by who sent anything.
[[nodiscard]] std::string_view udp_conn_state(bool originator_sent, bool responder_sent);

// Of everything else.
inline constexpr std::string_view kOtherConnState = "OTH";

}  // namespace tapstat::analysis::zeek
