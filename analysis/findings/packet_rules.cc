// What the watchers of single packets have seen.
#include <algorithm>
#include <span>
#include <vector>

#include "analysis/findings/packet_watch.h"
#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

// A damaged checksum is that of the pseudo-header once in 65536 times; so many never.
constexpr std::uint8_t kFewUnfilled = 3;

// The first of many, from `first` on; of those that began before the period, which of them lie in
// it is not known.
void add_frames(const Inquiry& inquiry, Finding& finding, Timestamp first,
                std::span<const std::uint64_t> frames) {
  if (!inquiry.is_in_period(first)) {
    finding.first = inquiry.begin();
    return;
  }
  finding.first = first;
  finding.frames.assign(frames.begin(), frames.end());
}

// Those that sent enough of them, by their first: the table has them by a hash of its own.
[[nodiscard]] std::vector<const SentChecksums*> in_order(const std::vector<SentChecksums>& hosts) {
  std::vector<const SentChecksums*> order;
  for (const SentChecksums& host : hosts) {
    if (host.unfilled >= kFewUnfilled) order.push_back(&host);
  }
  std::sort(order.begin(), order.end(), [](const SentChecksums* a, const SentChecksums* b) {
    return a->frames[0] < b->frames[0];
  });
  return order;
}

// Who asks for a host that no packet reaches has no answer, or an error from where it ended.
void explain_attempts(Inquiry& inquiry, const std::vector<Loop>& loops) {
  inquiry.for_each_connection([&](const tcp::Connection& c) {
    const tcp::Verdict verdict = inquiry.verdict(c.id());
    if (verdict != tcp::Verdict::no_answer && verdict != tcp::Verdict::refused_by_icmp) return;
    const IpAddress server = service_of(c).address;
    const bool loops_there = std::any_of(loops.begin(), loops.end(),
                                         [&](const Loop& l) { return l.destination == server; });
    if (loops_there) inquiry.explain(c.id());
  });
}

}  // namespace

void find_loops(Inquiry& inquiry) {
  const PacketWatch* watch = inquiry.model().watch;
  if (watch == nullptr) return;
  for (const Loop& loop : watch->loops().loops()) {
    if (!inquiry.is_in_period(loop.last)) continue;
    Finding& f = inquiry.about(FindingKind::routing_loop, loop.destination);
    add_frames(inquiry, f, loop.first, std::span(loop.frames).first(loop.frame_count));
    f.figures.count = loop.packets;
    f.figures.icmp_errors = loop.expired;
    f.figures.most = loop.most_hops;
  }
  explain_attempts(inquiry, watch->loops().loops());
}

void find_offload(Inquiry& inquiry) {
  const PacketWatch* watch = inquiry.model().watch;
  if (watch == nullptr) return;
  for (const SentChecksums* host : in_order(watch->offload().hosts())) {
    if (!inquiry.is_in_period(host->last)) continue;
    Finding& f = inquiry.about(FindingKind::checksum_offload, host->host);
    const auto count = std::min<std::size_t>(host->unfilled, kMostFrames);
    add_frames(inquiry, f, host->first, std::span(host->frames).first(count));
    f.figures.count = host->unfilled;
    f.figures.of = host->looked_at;
  }
}

}  // namespace tapstat::analysis
