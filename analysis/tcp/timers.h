// How long an endpoint stays in a state that does not last, by packet time, and how soon it acts.
//
// What a host does when nobody answers it, it tells itself: it sends again, and when it stops doing
// so it has given up (resending.h). These are the waits that it sits out in silence.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "analysis/tcp/state.h"

namespace tapstat::analysis::tcp {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

// nullopt: the state lasts until something happens.
struct Timers {
  std::optional<Duration> syn_sent;      // an unanswered connect gives up, counted from its start
  std::optional<Duration> syn_received;  // likewise an unanswered SYN-ACK
  std::optional<Duration> fin_wait_2;    // from the ACK of the FIN; when the user is gone
  std::optional<Duration> time_wait;     // from the last segment that restarted it
  // The kernel's timers fire late by up to this much, which no packet tells: within it the state is
  // not sure, and shown to change in the middle.
  Duration coarseness{};

  // The wait of `s`, without coarseness.
  [[nodiscard]] constexpr std::optional<Duration> of(State s) const {
    switch (s) {
      case State::syn_sent:
        return syn_sent;
      case State::syn_received:
        return syn_received;
      case State::fin_wait_2:
        return fin_wait_2;
      case State::time_wait:
        return time_wait;
      default:
        return std::nullopt;
    }
  }
};

// Linux 6.12. SYNs at 0, 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s, given up at 131 s
// (tcp_syn_linear_timeouts 4 and tcp_syn_retries 6; before 6.5: 127 s). SYN-ACKs at 0, 1, 3, 7, 15
// and 31 s, given up at 63 s (tcp_synack_retries 5). tcp_fin_timeout 60 s; TCP_TIMEWAIT_LEN 60 s in
// net/tcp.h. Both are 15,000 jiffies at HZ 250, which the timer wheel rounds up to its next
// multiple of 512 jiffies, 2.048 s (kernel/time/timer.c, calc_wheel_index).
inline constexpr Timers kLinuxTimers{
    .syn_sent = 131s,
    .syn_received = 63s,
    .fin_wait_2 = 60s,
    .time_wait = 60s,
    .coarseness = 2048ms,
};

// RFC 9293 section 3.8.3: a SYN is tried for at least 3 minutes; section 3.4.2: MSL is 2 minutes;
// FIN_WAIT2 has no limit.
inline constexpr Timers kRfcTimers{
    .syn_sent = 180s,
    .syn_received = 180s,
    .fin_wait_2 = std::nullopt,
    .time_wait = 240s,
    .coarseness = 0s,
};

// Microsoft's documentation of TcpInitialRtt (3 s, two retries, doubled), TcpFinWait2Delay (240 s,
// 120 s since Vista) and TcpTimedWaitDelay (120 s; its own pages also say 240 s).
inline constexpr Timers kWindowsTimers{
    .syn_sent = 21s,
    .syn_received = 21s,
    .fin_wait_2 = 120s,
    .time_wait = 120s,
    .coarseness = 0s,
};

// FreeBSD netinet/tcp_timer.h: TCPTV_KEEP_INIT 75 s, TCPTV_FINWAIT2_TIMEOUT 60 s, TCPTV_MSL 30 s.
inline constexpr Timers kBsdTimers{
    .syn_sent = 75s,
    .syn_received = 75s,
    .fin_wait_2 = 60s,
    .time_wait = 60s,
    .coarseness = 0s,
};

}  // namespace tapstat::analysis::tcp
