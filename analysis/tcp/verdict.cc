#include "analysis/tcp/verdict.h"

#include <optional>

namespace tapstat::analysis::tcp {
namespace {

[[nodiscard]] bool gave_up(const Endpoint& e) {
  return e.cause() == Event::gave_up || (e.cause() == Event::expired && !e.fin());
}

[[nodiscard]] bool is_reset(ClosedBy by) {
  return by == ClosedBy::reset_by_client || by == ClosedBy::reset_by_server;
}

// Where it got no further than its handshake, or the answers to it went unseen.
[[nodiscard]] std::optional<Verdict> of_opening(const Connection& c) {
  const Endpoint& client = c.end(c.client());
  const Endpoint& server = c.end(c.server());
  const Handshake& h = c.handshake();
  if (client.cause() == Event::rcv_error) return Verdict::refused_by_icmp;
  if (c.closed_by() == ClosedBy::refused) return Verdict::refused;
  const bool went_on = is_synchronized(client.state()) || client.fin() || client.bytes() > 0;
  if (h.saw_syn() && !server.was_seen() && !went_on) return Verdict::no_answer;
  const bool both_seen = client.was_seen() && server.was_seen();
  if (!both_seen && (went_on || server.bytes() > 0)) return Verdict::one_way;
  const bool unfinished =
      h.saw_syn_ack() && !h.saw_ack() && client.bytes() == 0 && server.bytes() == 0;
  if (!unfinished) return std::nullopt;
  return is_reset(c.closed_by()) ? Verdict::aborted_handshake : Verdict::half_handshake;
}

}  // namespace

Verdict verdict_of(const Connection& c) {
  if (const auto verdict = of_opening(c)) return *verdict;
  const Endpoint& client = c.end(c.client());
  const Endpoint& server = c.end(c.server());
  const ClosedBy closed_by = c.closed_by();
  const bool replaced = client.cause() == Event::superseded || server.cause() == Event::superseded;
  if (is_reset(closed_by)) return Verdict::reset;
  if (replaced && closed_by == ClosedBy::timeout) return Verdict::reused;
  if (client.fin() && server.fin()) return Verdict::closed;
  if (gave_up(client) || gave_up(server)) return Verdict::timed_out;
  if (client.fin() || server.fin()) return Verdict::half_closed;
  return c.roles() == Roles::guessed ? Verdict::open_midway : Verdict::open;
}

}  // namespace tapstat::analysis::tcp
