#include "analysis/lvs/ipvs_state.h"

namespace tapstat::analysis::lvs {
namespace {

constexpr IpvsState kNo = IpvsState::none, kEs = IpvsState::established, kSs = IpvsState::syn_sent,
                    kSr = IpvsState::syn_recv, kFw = IpvsState::fin_wait,
                    kTw = IpvsState::time_wait, kCl = IpvsState::close, kCw = IpvsState::close_wait,
                    kLa = IpvsState::last_ack, kLi = IpvsState::listen, kSa = IpvsState::synack;

enum class Row : std::uint8_t { syn, fin, ack, rst };

// By row, then by the state it is in: the columns of the kernel's tables.
using Table = std::array<std::array<IpvsState, kIpvsStates>, 4>;

constexpr Table kInput = {{
    /*        NO   ES   SS   SR   FW   TW   CL   CW   LA   LI   SA */
    /*syn*/ {{kSr, kEs, kEs, kSr, kSr, kSr, kSr, kSr, kSr, kSr, kSr}},
    /*fin*/ {{kCl, kCw, kSs, kTw, kTw, kTw, kCl, kCw, kLa, kLi, kTw}},
    /*ack*/ {{kEs, kEs, kSs, kEs, kFw, kTw, kCl, kCw, kCl, kLi, kEs}},
    /*rst*/ {{kCl, kCl, kCl, kSr, kCl, kCl, kCl, kCl, kLa, kLi, kSr}},
}};

constexpr Table kOutput = {{
    /*syn*/ {{kSs, kEs, kSs, kSr, kSs, kSs, kSs, kSs, kSs, kLi, kSr}},
    /*fin*/ {{kTw, kFw, kSs, kTw, kFw, kTw, kCl, kTw, kLa, kLi, kTw}},
    /*ack*/ {{kEs, kEs, kSs, kEs, kFw, kTw, kCl, kCw, kLa, kEs, kEs}},
    /*rst*/ {{kCl, kCl, kSs, kCl, kCl, kTw, kCl, kCl, kCl, kCl, kCl}},
}};

constexpr Table kInputOnly = {{
    /*syn*/ {{kSr, kEs, kEs, kSr, kSr, kSr, kSr, kSr, kSr, kSr, kSr}},
    /*fin*/ {{kCl, kFw, kSs, kTw, kFw, kTw, kCl, kCw, kLa, kLi, kTw}},
    /*ack*/ {{kEs, kEs, kSs, kEs, kFw, kTw, kCl, kCw, kCl, kLi, kEs}},
    /*rst*/ {{kCl, kCl, kCl, kSr, kCl, kCl, kCl, kCl, kLa, kLi, kCl}},
}};

// tcp_timeouts.
constexpr std::array<std::chrono::seconds, kIpvsStates> kTimeouts = {
    std::chrono::seconds{2},        // NONE
    std::chrono::seconds{15 * 60},  // ESTABLISHED
    std::chrono::seconds{2 * 60},   // SYN_SENT
    std::chrono::seconds{60},       // SYN_RECV
    std::chrono::seconds{2 * 60},   // FIN_WAIT
    std::chrono::seconds{2 * 60},   // TIME_WAIT
    std::chrono::seconds{10},       // CLOSE
    std::chrono::seconds{60},       // CLOSE_WAIT
    std::chrono::seconds{30},       // LAST_ACK
    std::chrono::seconds{2 * 60},   // LISTEN
    std::chrono::seconds{2 * 60},   // SYNACK
};

}  // namespace

IpvsState next_state(IpvsState state, decode::TcpFlags flags, bool from_client, IpvsView view) {
  Row row = Row::ack;
  if (flags.rst()) {
    row = Row::rst;
  } else if (flags.syn()) {
    row = Row::syn;
  } else if (flags.fin()) {
    row = Row::fin;
  } else if (!flags.ack()) {
    return state;
  }
  const Table& table = !from_client ? kOutput : view == IpvsView::both_ways ? kInput : kInputOnly;
  return table[static_cast<std::size_t>(row)][static_cast<std::size_t>(state)];
}

std::chrono::seconds timeout_of(IpvsState state) {
  return kTimeouts[static_cast<std::size_t>(state)];
}

}  // namespace tapstat::analysis::lvs
