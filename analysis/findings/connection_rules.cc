// What single connections show by themselves; those of one service that show the same are one
// finding.
#include <chrono>

#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

using tcp::Connection;
using tcp::Event;
using tcp::Verdict;

// RFC 6298 section 2.1: a second after it the SYN goes out again.
constexpr auto kSynLostOnce = std::chrono::milliseconds{1500};

// The packet that it was met by; the connection where that lies before the period.
[[nodiscard]] Evidence first_packet(const Inquiry& inquiry, const Connection& c) {
  const Evidence whole = inquiry.whole(c);
  for (const int end : {0, 1}) {
    for (const tcp::Step& s : inquiry.model().tcp.journal().steps(c.id(), end)) {
      if (s.time == whole.time && s.frame != 0) return {s.time, s.frame};
    }
  }
  return whole;
}

void look_at_opening(Inquiry& inquiry, const Connection& c) {
  const Subject service = service_of(c);
  const auto add = [&](FindingKind kind, Event shown_by) {
    inquiry.add(kind, service, c, inquiry.step_with(c, c.client(), shown_by));
  };
  switch (inquiry.verdict(c.id())) {
    case Verdict::refused:
      return add(FindingKind::connection_refused, Event::rcv_rst);
    case Verdict::refused_by_icmp:
      return add(FindingKind::connection_refused, Event::rcv_error);
    case Verdict::no_answer:
      inquiry.add(FindingKind::no_answer, service, c, inquiry.attempt(c));
      return;
    case Verdict::one_way:
      inquiry.add(FindingKind::asymmetric_capture, {}, c, first_packet(inquiry, c));
      return;
    default:
      return;
  }
}

void look_at_rest(Inquiry& inquiry, const Connection& c) {
  const Subject service = service_of(c);
  // Until the server has sent a SYN-ACK, who goes on is a client that asks again although it was
  // refused, as Windows does.
  const bool may_be_injected = c.handshake().saw_syn_ack() && !inquiry.is_explained(c.id());
  if (const auto reset = c.false_reset(); reset && may_be_injected) {
    inquiry.add(FindingKind::injected_reset, service, c, {reset->time, reset->frame});
  }
  for (const int end : {c.client(), c.server()}) {
    if (!c.end(end).keep_alive_failed()) continue;
    inquiry.add(FindingKind::keep_alive_failure, service, c,
                inquiry.step_with(c, end, Event::snd_rst));
  }
  // The client's ACK alone may have been lost; or the server waits for data (TCP_DEFER_ACCEPT).
  constexpr int kEnough = 3;
  // A client that sends its SYN again and again has another trouble.
  const tcp::Handshake& h = c.handshake();
  const bool repeats = h.saw_syn() && h.syn - c.first() > kSynLostOnce;
  const bool acknowledged = h.saw_ack() && !repeats;
  if (acknowledged && c.end(c.server()).ignored_acks() >= kEnough &&
      c.end(c.client()).bytes() > 0) {
    inquiry.add(FindingKind::accept_queue_full, service, c,
                inquiry.step_with(c, c.server(), Event::rcv_syn));
  }
}

}  // namespace

void find_in_connections(Inquiry& inquiry) {
  inquiry.for_each_connection([&](const Connection& c) {
    if (!inquiry.is_explained(c.id())) look_at_opening(inquiry, c);
    look_at_rest(inquiry, c);
  });
}

}  // namespace tapstat::analysis
