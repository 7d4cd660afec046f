#include "analysis/findings/path_quality.h"

#include <algorithm>

#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using tcp::Connection;

// A sender probes a closed window after its RTO, then ever more rarely, up to every 60 s or more
// (RFC 9293 section 3.8.6.1). A program that reads now and then opens it within a second or two.
constexpr auto kStall = 5s;

// Beyond a few per cent TCP is slow on any path (Mathis: rate ~ 1/sqrt(loss)). A short exchange may
// lose one of its ten segments and be none the worse.
constexpr std::uint64_t kMuchResent = 10;
constexpr std::uint64_t kResentPercent = 5;

// A segment as large as never arrived, sent again so often: the second time may be bad luck, the
// third is a rule. Unless something else arrived meanwhile, the peer or the way may be gone.
constexpr std::uint64_t kLargeResent = 3;

void add(Inquiry& inquiry, FindingKind kind, const Connection& c,
         const std::vector<std::uint64_t>& frames) {
  const Subject service = service_of(c);
  inquiry.add(kind, service, c, inquiry.whole(c));
  // Which of the frames lie in the period is not known.
  if (!inquiry.is_in_period(c.first())) return;
  Finding& f = inquiry.about(kind, service);
  for (const std::uint64_t frame : frames) add_evidence(f, {f.first, frame});
}

}  // namespace

bool is_stalled(const PathQuality& q) { return q.longest_zero_window >= kStall; }

bool loses_much(const PathQuality& q) {
  return q.resent_segments >= kMuchResent && q.resent_segments * 100 >= q.segments * kResentPercent;
}

bool drops_large(const PathQuality& q) {
  return q.largest_times >= kLargeResent && q.largest_acked < q.largest_resent &&
         q.largest_resent > kAlwaysPasses && q.others_arrived;
}

void judge_path(Inquiry& inquiry, const Connection& c, int sender, const PathQuality& q) {
  const Subject service = service_of(c);
  if (is_stalled(q) && inquiry.is_in_period(q.longest_zero_window_end)) {
    add(inquiry, FindingKind::zero_window_stall, c, q.zero_window_frames);
    Finding& f = inquiry.about(FindingKind::zero_window_stall, service);
    if (q.longest_zero_window > f.figures.longest) {
      f.figures.longest = q.longest_zero_window;
      f.other = c.key().address[1 - sender];
    }
  }
  if (!inquiry.is_in_period(q.last_resent)) return;
  if (drops_large(q)) {
    if (inquiry.is_explained(c.id())) return;
    add(inquiry, FindingKind::mtu_black_hole, c, q.resent_frames);
    Finding& f = inquiry.about(FindingKind::mtu_black_hole, service);
    f.other = c.key().address[sender];
    f.figures.most = std::max<std::uint64_t>(f.figures.most, q.largest_resent);
    // A SYN counts for one.
    const std::uint32_t passed = q.largest_acked > 1 ? q.largest_acked : 0;
    f.figures.passed = std::max<std::uint64_t>(f.figures.passed, passed);
  } else if (loses_much(q)) {
    add(inquiry, FindingKind::heavy_retransmission, c, q.resent_frames);
    Finding& f = inquiry.about(FindingKind::heavy_retransmission, service);
    f.figures.most += q.resent_segments;
    f.figures.of += q.segments;
    f.figures.bytes += q.resent_bytes;
  }
}

std::optional<PathQuality> path_quality(const Model& model, const Connection& c, int sender) {
  const tcp::Quality* sent = model.tcp.quality(c, sender);
  if (sent == nullptr) return std::nullopt;
  PathQuality q{.segments = sent->data_segments,
                .resent_segments = sent->data_retransmitted,
                .resent_bytes = sent->retransmitted_bytes - sent->spurious_bytes,
                .largest_resent = sent->largest_retransmitted,
                .largest_times = sent->largest_times,
                .largest_acked = sent->largest_acked,
                .others_arrived = sent->others_arrived,
                .last_resent = sent->last_retransmission};
  const auto resent = sent->retransmission_frames.all();
  q.resent_frames.assign(resent.begin(), resent.end());
  if (const tcp::Quality* answered = model.tcp.quality(c, 1 - sender)) {
    q.longest_zero_window = answered->longest_zero_window_by(c.last());
    q.longest_zero_window_end = answered->longest_zero_window_end_by(c.last());
    const auto closed = answered->zero_window_frames.all();
    q.zero_window_frames.assign(closed.begin(), closed.end());
  }
  return q;
}

void find_bad_paths(Inquiry& inquiry) {
  inquiry.for_each_connection([&](const Connection& c) {
    for (const int sender : {c.client(), c.server()}) {
      if (const auto q = path_quality(inquiry.model(), c, sender)) {
        judge_path(inquiry, c, sender, *q);
      }
    }
  });
}

}  // namespace tapstat::analysis
