#include "analysis/zeek/conn_state.h"

namespace tapstat::analysis::zeek {
namespace {

// /\^?S[^HAFGIQ]*R.*/
[[nodiscard]] bool is_syn_then_reset(std::string_view history) {
  if (history.starts_with('^')) history.remove_prefix(1);
  if (!history.starts_with('S')) return false;
  const std::size_t reset = history.find('R');
  return reset != std::string_view::npos &&
         history.substr(0, reset).find_first_of("HAFGIQ") == std::string_view::npos;
}

[[nodiscard]] std::string_view state_after_responder_reset(const TcpEndpoint& orig,
                                                           const TcpEndpoint& resp) {
  const bool no_data = orig.size(resp) == 0 && resp.size(orig) == 0;
  if (orig.state == TcpState::syn_sent || orig.state == TcpState::syn_ack_sent ||
      (orig.state == TcpState::reset && no_data)) {
    return "REJ";
  }
  return is_inactive_or_partial(orig.state) ? "RSTRH" : "RSTR";
}

}  // namespace

std::string_view tcp_conn_state(const TcpEndpoint& orig, const TcpEndpoint& resp,
                                std::string_view history) {
  const TcpState o = orig.state;
  const TcpState r = resp.state;
  if (r == TcpState::reset) return state_after_responder_reset(orig, resp);
  if (o == TcpState::reset) {
    if (!is_inactive_or_partial(r)) return "RSTO";
    return is_syn_then_reset(history) ? "RSTOS0" : kOtherConnState;
  }
  if (o == TcpState::closed && r == TcpState::closed) return "SF";
  if (o == TcpState::closed) return is_inactive_or_partial(r) ? "SH" : "S2";
  if (r == TcpState::closed) return is_inactive_or_partial(o) ? "SHR" : "S3";
  if (o == TcpState::syn_sent && r == TcpState::inactive) return "S0";
  if (o == TcpState::established && r == TcpState::established) return "S1";
  return kOtherConnState;
}

std::string_view udp_conn_state(bool originator_sent, bool responder_sent) {
  if (originator_sent) return responder_sent ? "SF" : "S0";
  return responder_sent ? "SHR" : kOtherConnState;
}

}  // namespace tapstat::analysis::zeek
