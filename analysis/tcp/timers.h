// How long an endpoint stays in a state that does not last, by packet time. The values are Linux's.
#pragma once

#include <chrono>
#include <optional>

#include "analysis/tcp/state.h"

namespace tapstat::analysis::tcp {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

// SYNs at 0, 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s, given up at 131 s: tcp_syn_linear_timeouts 4
// and tcp_syn_retries 6, Linux 6.5 and later (127 s before).
inline constexpr Duration kSynSentTimeout = 131s;

// SYN-ACKs at 0, 1, 3, 7, 15 and 31 s, given up at 63 s: tcp_synack_retries 5.
inline constexpr Duration kSynReceivedTimeout = 63s;

// TCP_TIMEWAIT_LEN in Linux net/tcp.h. RFC 9293 section 3.4.2 asks for 2 MSL, 240 s.
inline constexpr Duration kTimeWaitLength = 60s;

// tcp_fin_timeout: an orphaned FIN_WAIT2, counted from the ACK of the FIN.
inline constexpr Duration kFinTimeout = 60s;

// tcp_orphan_retries 0 means 8: the first retransmission timeout past 102.2 s ends an endpoint
// whose FIN nobody acknowledges. Counted here from the last time the FIN was sent.
inline constexpr Duration kOrphanTimeout = 102'200ms;

// A lost ACK of a FIN makes its owner send the FIN again after its retransmission timeout, 200 ms
// and more (Linux TCP_RTO_MIN; RFC 6298 section 2 starts at 1 s). Silence for this long says it
// came.
inline constexpr Duration kSilenceConfirms = 3s;

// How long the receiver of a SYN may take to answer before its state is said to be unknown (RFC
// 6298 section 2: the sender itself waits 1 s).
inline constexpr Duration kSynAnswerWait = 1s;

// What a host sent this soon after a segment passed the tap may have been sent before that segment
// reached it. Shorter than the shortest retransmission timeout there is (Linux TCP_RTO_MIN, 200
// ms).
inline constexpr Duration kCrossingTime = 150ms;

// nullopt: the state lasts until something happens (ESTABLISHED, CLOSE_WAIT, ...).
[[nodiscard]] constexpr std::optional<Duration> lifetime(State s) {
  switch (s) {
    case State::syn_sent:
      return kSynSentTimeout;
    case State::syn_received:
      return kSynReceivedTimeout;
    case State::time_wait:
      return kTimeWaitLength;
    case State::fin_wait_2:
      return kFinTimeout;
    case State::fin_wait_1:
    case State::closing:
    case State::last_ack:
      return kOrphanTimeout;
    default:
      return std::nullopt;
  }
}

}  // namespace tapstat::analysis::tcp
