#include "analysis/lvs/ipvs_state.h"

namespace tapstat::analysis::lvs {
namespace {

constexpr IpvsState NO = IpvsState::none, ES = IpvsState::established, SS = IpvsState::syn_sent,
                    SR = IpvsState::syn_recv, FW = IpvsState::fin_wait, TW = IpvsState::time_wait,
                    CL = IpvsState::close, CW = IpvsState::close_wait, LA = IpvsState::last_ack,
                    LI = IpvsState::listen, SA = IpvsState::synack;

enum Row : std::uint8_t { kSyn, kFin, kAck, kRst };

// By row, then by the state it is in: the columns of the kernel's tables.
using Table = std::array<std::array<IpvsState, kIpvsStates>, 4>;

constexpr Table kInput = {{
    /*        NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA */
    /*syn*/ {{SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR}},
    /*fin*/ {{CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW}},
    /*ack*/ {{ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES}},
    /*rst*/ {{CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR}},
}};

constexpr Table kOutput = {{
    /*syn*/ {{SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR}},
    /*fin*/ {{TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW}},
    /*ack*/ {{ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES}},
    /*rst*/ {{CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL}},
}};

constexpr Table kInputOnly = {{
    /*syn*/ {{SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR}},
    /*fin*/ {{CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW}},
    /*ack*/ {{ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES}},
    /*rst*/ {{CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL}},
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
  Row row = kAck;
  if (flags.rst()) {
    row = kRst;
  } else if (flags.syn()) {
    row = kSyn;
  } else if (flags.fin()) {
    row = kFin;
  } else if (!flags.ack()) {
    return state;
  }
  const Table& table = !from_client ? kOutput : view == IpvsView::both_ways ? kInput : kInputOnly;
  return table[row][static_cast<std::size_t>(state)];
}

std::chrono::seconds timeout_of(IpvsState state) {
  return kTimeouts[static_cast<std::size_t>(state)];
}

}  // namespace tapstat::analysis::lvs
