#include "analysis/tcp/verdict.h"

namespace tapstat::analysis::tcp {
namespace {

[[nodiscard]] bool gave_up(const Endpoint& e) {
  return e.cause() == Event::gave_up || (e.cause() == Event::expired && !e.fin());
}

}  // namespace

Verdict verdict_of(const Connection& c) {
  const Endpoint& client = c.end(c.client());
  const Endpoint& server = c.end(c.server());
  const Handshake& h = c.handshake();
  const ClosedBy closed_by = c.closed_by();
  if (client.cause() == Event::rcv_error) return Verdict::refused_by_icmp;
  if (closed_by == ClosedBy::refused) return Verdict::refused;
  const bool reset =
      closed_by == ClosedBy::reset_by_client || closed_by == ClosedBy::reset_by_server;
  const bool is_met = client.was_seen() && server.was_seen();
  const bool went_on = is_synchronized(client.state()) || client.fin() || client.bytes() > 0;
  if (h.syn && !server.was_seen() && !went_on) return Verdict::no_answer;
  if (!is_met && (went_on || server.bytes() > 0)) return Verdict::one_way;
  if (h.syn_ack && !h.ack && client.bytes() == 0 && server.bytes() == 0) {
    return reset ? Verdict::aborted_handshake : Verdict::half_handshake;
  }
  if (reset) return Verdict::reset;
  if (client.cause() == Event::superseded || server.cause() == Event::superseded) {
    if (closed_by == ClosedBy::timeout) return Verdict::reused;
  }
  if (client.fin() && server.fin()) return Verdict::closed;
  if (gave_up(client) || gave_up(server)) return Verdict::timed_out;
  if (client.fin() || server.fin()) return Verdict::half_closed;
  return c.roles() == Roles::guessed ? Verdict::open_midway : Verdict::open;
}

}  // namespace tapstat::analysis::tcp
