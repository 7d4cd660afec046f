#include "analysis/tcp/segment_fate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "analysis/seq.h"

namespace tapstat::analysis::tcp {
namespace {

using namespace std::chrono_literals;
using Duration = std::chrono::nanoseconds;

// A host does not know of a loss before a round trip has passed. Where none was measured, copies
// closer than this are taken for one packet seen twice.
constexpr Duration kShortestRoundTrip = 1ms;

// What was sent again this long after an ACK passed the tap was not sent before that ACK came.
// Shorter than the shortest retransmission timeout there is (Linux TCP_RTO_MIN, 200 ms).
constexpr Duration kCrossingTime = 150ms;

// How many segments back the ones that a later one tells of are looked for.
constexpr std::uint32_t kFarthestBack = 512;

// Which later copy took a stretch of sequence space.
class Claims {
 public:
  // The index of the copy that holds `seq`.
  [[nodiscard]] std::optional<std::uint32_t> at(std::int64_t seq) const {
    const auto after = claims_.upper_bound(seq);
    if (after == claims_.begin()) return std::nullopt;
    const Claim& claim = std::prev(after)->second;
    return seq < claim.end ? std::optional{claim.copy} : std::nullopt;
  }
  void add(const LoggedSegment& seg, std::uint32_t copy) {
    claims_.try_emplace(seg.seq, Claim{seg.end(), copy});
  }

 private:
  struct Claim {
    std::int64_t end;
    std::uint32_t copy;
  };
  std::map<std::int64_t, Claim> claims_;
};

class FateFinder {
 public:
  explicit FateFinder(const SegmentLog& log) : log_(log), fates_(log.size(), Fate::unknown) {}

  [[nodiscard]] std::vector<Fate> find() {
    std::size_t sack = 0;
    for (std::uint32_t i = 0; i < log_.size(); ++i) {
      const LoggedSegment& seg = log_[i];
      if (seg.flags.rst()) continue;
      if (seg.flags.ack()) acknowledged(i, sack);
      if (seg.notes.sent_again()) sent_again(i);
      // Of a copy of what was acknowledged before, later acknowledgments tell nothing.
      Side& side = sides_[seg.sender];
      if (seg.seg_len() > 0 && !seg.notes.probes() && side.acked < seg.end()) {
        side.open.emplace(seg.seq, i);
      }
    }
    for (Side& side : sides_) close(side);
    return std::move(fates_);
  }

 private:
  using Indices = std::vector<std::uint32_t>;

  // What is known of the segments of one sender.
  struct Side {
    std::multimap<std::int64_t, std::uint32_t> open;  // not acknowledged: segments by their SEQ
    std::int64_t acked = INT64_MIN;                   // its receiver's highest acknowledgment
    std::uint32_t last_ack = 0;                       // the segment that carried the last one
    int duplicate_acks = 0;                           // since the highest was reached
    bool sacked = false;                              // its receiver acknowledges selectively
    std::optional<Duration> round_trip;               // the shortest from segment to ACK
  };

  void acknowledged(std::uint32_t ack, std::size_t& sack);
  void sacked(std::uint32_t ack, const LoggedSack& block);
  void got_twice(std::uint32_t ack, const LoggedSack& block);
  [[nodiscard]] Indices take_out(Side& side, std::int64_t begin, std::int64_t end);
  void settle(Side& side, Indices& covered, std::uint32_t ack);
  [[nodiscard]] bool may_have_caused(const Side& side, std::uint32_t i, std::uint32_t ack) const;
  [[nodiscard]] bool is_replaced(const Side& side, std::uint32_t i, const Claims& claims) const;
  void sent_again(std::uint32_t copy);
  void close(Side& side);

  const SegmentLog& log_;
  std::vector<Fate> fates_;
  std::array<Side, 2> sides_;
};

void FateFinder::acknowledged(std::uint32_t ack, std::size_t& sack) {
  const LoggedSegment& seg = log_[ack];
  Side& side = sides_[1 - seg.sender];
  const auto& sacks = log_.sacks();
  for (; sack < sacks.size() && sacks[sack].segment == ack; ++sack) sacked(ack, sacks[sack]);
  if (!side.open.empty() && side.open.begin()->first < seg.ack) {
    Indices covered = take_out(side, side.open.begin()->first, seg.ack);
    settle(side, covered, ack);
  }
  if (side.acked < seg.ack) {
    side.acked = seg.ack;
    side.duplicate_acks = 0;
  } else if (seg.notes.has(Note::duplicate_ack)) {
    ++side.duplicate_acks;
  }
  side.last_ack = ack;
}

void FateFinder::sacked(std::uint32_t ack, const LoggedSack& block) {
  Side& side = sides_[1 - log_[ack].sender];
  side.sacked = true;
  if (block.right <= log_[ack].ack) return got_twice(ack, block);
  Indices covered = take_out(side, block.left, block.right);
  settle(side, covered, ack);
}

// Every copy of it arrived, be it late.
void FateFinder::got_twice(std::uint32_t ack, const LoggedSack& block) {
  for (std::uint32_t back = 1; back <= std::min(ack, kFarthestBack); ++back) {
    const LoggedSegment& seg = log_[ack - back];
    if (seg.sender != log_[ack].sender && block.left <= seg.seq && seg.seg_len() > 0 &&
        seg.end() <= block.right) {
      fates_[ack - back] = Fate::arrived;
    }
  }
}

// The open segments that lie within [begin, end).
FateFinder::Indices FateFinder::take_out(Side& side, std::int64_t begin, std::int64_t end) {
  Indices taken;
  for (auto at = side.open.lower_bound(begin); at != side.open.end() && at->first < end;) {
    if (log_[at->second].end() <= end) {
      taken.push_back(at->second);
      at = side.open.erase(at);
    } else {
      ++at;
    }
  }
  return taken;
}

// `ack` is the first that covers them: of the copies of a stretch the last that may have caused it
// arrived, and the ones before it did not.
void FateFinder::settle(Side& side, Indices& covered, std::uint32_t ack) {
  const auto repeats = [this](std::uint32_t i) { return log_[i].notes.sent_again(); };
  if (std::none_of(covered.begin(), covered.end(), repeats)) {
    for (const std::uint32_t i : covered) {
      fates_[i] = Fate::arrived;
      const Duration trip = log_[ack].time - log_[i].time;
      if (trip >= 0s && (!side.round_trip || trip < *side.round_trip)) side.round_trip = trip;
    }
    return;
  }
  std::sort(covered.begin(), covered.end(), std::greater<>{});
  Claims claims;
  for (const std::uint32_t i : covered) {
    if (claims.at(log_[i].seq)) {
      if (is_replaced(side, i, claims)) fates_[i] = Fate::lost;
    } else if (may_have_caused(side, i, ack)) {
      fates_[i] = Fate::arrived;
      claims.add(log_[i], i);
    }
  }
}

// With timestamps the acknowledgment echoes that of the copy it answers, or an older one's.
bool FateFinder::may_have_caused(const Side& side, std::uint32_t i, std::uint32_t ack) const {
  const LoggedSegment& seg = log_[i];
  const LoggedSegment& answer = log_[ack];
  if (seg.has_timestamps && answer.has_timestamps) {
    return at_or_before(Seq{seg.tsval}, Seq{answer.tsecr});
  }
  return answer.time - seg.time >= side.round_trip.value_or(0s) / 2;
}

// The receiver went on with later copies of all of `i`. They must be copies that a loss called for,
// not the same packet seen twice. Where acknowledgments are not selective, duplicates before the
// last one may have been for `i` as well as for any other segment past the first missing one.
bool FateFinder::is_replaced(const Side& side, std::uint32_t i, const Claims& claims) const {
  const LoggedSegment& seg = log_[i];
  const auto copy = claims.at(seg.seq);
  if (!copy || !claims.at(seg.end() - 1)) return false;
  const Duration later = log_[*copy].time - seg.time;
  if (later < side.round_trip.value_or(kShortestRoundTrip)) return false;
  return side.sacked || side.duplicate_acks == 0 || seg.seq <= side.acked;
}

// Whoever sends again what was acknowledged did not get the acknowledgment.
void FateFinder::sent_again(std::uint32_t copy) {
  const LoggedSegment& again = log_[copy];
  const Duration wait =
      std::max(kCrossingTime, 2 * sides_[1 - again.sender].round_trip.value_or(0s));
  for (std::uint32_t back = 1; back <= std::min(copy, kFarthestBack); ++back) {
    const LoggedSegment& seg = log_[copy - back];
    if (seg.sender == again.sender || again.time - seg.time < wait) continue;
    if (!seg.flags.ack() || seg.ack < again.end()) return;
    if (fates_[copy - back] == Fate::unknown) fates_[copy - back] = Fate::lost;
  }
}

// What nothing acknowledged to the end: lost where a later copy was sent, and the receiver, alive
// after it, still said less.
void FateFinder::close(Side& side) {
  Indices open;
  for (const auto& [seq, i] : side.open) open.push_back(i);
  std::sort(open.begin(), open.end(), std::greater<>{});
  Claims claims;
  for (const std::uint32_t i : open) {
    if (claims.at(log_[i].seq)) {
      if (is_replaced(side, i, claims)) fates_[i] = Fate::lost;
    } else if (i < side.last_ack) {
      claims.add(log_[i], i);
    }
  }
}

}  // namespace

std::vector<Fate> fates_of(const SegmentLog& log) { return FateFinder(log).find(); }

}  // namespace tapstat::analysis::tcp
