// What the watchers of single packets have seen.
#include <algorithm>
#include <vector>

#include "analysis/findings/packet_watch.h"
#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

// A damaged checksum is that of the pseudo-header once in 65536 times; so many never.
constexpr std::uint8_t kFewUnfilled = 3;

// Who asks for a host that no packet reaches has no answer, or an error from where it ended.
void explain_attempts(Inquiry& inquiry, const std::vector<Loop>& loops) {
  for (std::uint32_t id = 0; id < inquiry.connections(); ++id) {
    const tcp::Verdict verdict = inquiry.verdict(id);
    if (verdict != tcp::Verdict::no_answer && verdict != tcp::Verdict::refused_by_icmp) continue;
    const IpAddress server = service_of(inquiry.connection(id)).address;
    const bool loops_there = std::any_of(loops.begin(), loops.end(),
                                         [&](const Loop& l) { return l.destination == server; });
    if (loops_there) inquiry.explain(id);
  }
}

}  // namespace

void find_loops(Inquiry& inquiry) {
  const PacketWatch* watch = inquiry.model().watch;
  if (watch == nullptr) return;
  for (const Loop& loop : watch->loops().loops()) {
    Finding& f = inquiry.about(FindingKind::routing_loop, loop.destination);
    f.first = loop.first;
    f.frames.assign(loop.frames.begin(), loop.frames.begin() + loop.frame_count);
    f.figures.count = loop.packets;
    f.figures.icmp_errors = loop.expired;
    f.figures.most = loop.most_hops;
  }
  explain_attempts(inquiry, watch->loops().loops());
}

void find_offload(Inquiry& inquiry) {
  const PacketWatch* watch = inquiry.model().watch;
  if (watch == nullptr) return;
  for (const SentChecksums& host : watch->offload().hosts()) {
    if (host.unfilled < kFewUnfilled) continue;
    Finding& f = inquiry.about(FindingKind::checksum_offload, host.host);
    f.first = host.first;
    f.frames.assign(host.frames.begin(),
                    host.frames.begin() + std::min<std::size_t>(host.unfilled, kMostFrames));
    f.figures.count = host.unfilled;
    f.figures.of = host.looked_at;
  }
}

}  // namespace tapstat::analysis
