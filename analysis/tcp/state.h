// The states of one end of a TCP connection, RFC 9293 section 3.3.2, named as netstat prints them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tapstat::analysis::tcp {

// CLOSED is the state of an endpoint that has no socket for the connection. UNKNOWN is no state of
// TCP's: nothing seen so far tells which of the eleven holds.
enum class State : std::uint8_t {
  closed,
  listen,
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
  unknown,
};

inline constexpr int kStateCount = 12;

inline constexpr std::array<std::string_view, kStateCount> kStateNames = {
    "CLOSED",    "LISTEN",     "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1",
    "FIN_WAIT2", "CLOSE_WAIT", "CLOSING",  "LAST_ACK", "TIME_WAIT",   "UNKNOWN",
};

[[nodiscard]] constexpr std::string_view name(State s) {
  return kStateNames[static_cast<std::size_t>(s)];
}

// The endpoint holds no socket for this connection (any more); a listener never belongs to one.
[[nodiscard]] constexpr bool has_no_socket(State s) {
  return s == State::closed || s == State::listen;
}

// Both initial sequence numbers are known to the endpoint (RFC 9293 "synchronized states").
[[nodiscard]] constexpr bool is_synchronized(State s) {
  return s >= State::established && s <= State::time_wait;
}

}  // namespace tapstat::analysis::tcp
