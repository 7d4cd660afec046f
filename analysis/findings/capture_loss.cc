// What the tap did not see although it arrived: the receiver acknowledged it. What was lost on the
// path is sent again instead, and seen then.
#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

using tcp::Connection;
using tcp::Endpoint;
using tcp::Verdict;

// Both directions pass the tap, and both ends were there from the start: else it is no loss that
// bytes went unseen.
[[nodiscard]] bool could_see_all(const Inquiry& inquiry, const Connection& c) {
  return c.handshake().saw_syn() && c.handshake().saw_syn_ack() && c.end(0).was_seen() &&
         c.end(1).was_seen() && inquiry.verdict(c.id()) != Verdict::one_way;
}

}  // namespace

void find_capture_loss(Inquiry& inquiry) {
  if (inquiry.model().is_past) return;
  std::uint64_t bytes = 0;
  inquiry.for_each_connection([&](const Connection& c) {
    if (!could_see_all(inquiry, c)) return;
    for (const int end : {c.client(), c.server()}) {
      const Endpoint& e = c.end(end);
      const std::uint64_t missed = e.missed().value_or(0);
      const auto shown_by = e.first_missed();
      if (missed == 0 || !shown_by) continue;
      const Evidence evidence{shown_by->time, shown_by->frame};
      if (inquiry.add(FindingKind::capture_loss, {}, c, evidence)) bytes += missed;
    }
  });
  if (bytes > 0) inquiry.about(FindingKind::capture_loss, {}).figures.bytes = bytes;
}

}  // namespace tapstat::analysis
