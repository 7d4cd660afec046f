#include "analysis/tcp/segment_log.h"

#include "analysis/tcp/receive_window.h"

namespace tapstat::analysis::tcp {
namespace {

[[nodiscard]] Socket socket_of(const FlowKey& key, int end) {
  return {key.address[end], key.port[end]};
}

}  // namespace

bool is_chosen(const ConnectionChoice& choice, const Connection& c) {
  if (const auto* id = std::get_if<std::uint32_t>(&choice)) return *id == c.id();
  const auto* ends = std::get_if<std::array<Socket, 2>>(&choice);
  if (ends == nullptr) return true;
  const Socket a = socket_of(c.key(), 0);
  const Socket b = socket_of(c.key(), 1);
  return (a == (*ends)[0] && b == (*ends)[1]) || (a == (*ends)[1] && b == (*ends)[0]);
}

void SegmentLog::Counting::begin(Seq s, std::int64_t v) {
  begun = true;
  near = s;
  value = v;
}

// Numbers far from all others (a blind reset) leave the counting where it is.
void SegmentLog::Counting::move_to(Seq s) {
  if (!before(near, s) || apart(near, s) > kLargestWindow) return;
  value += distance(near, s);
  near = s;
}

void SegmentLog::take(const Segment& seg, int sender, const Appraisal& appraisal) {
  const auto from = static_cast<std::size_t>(sender);
  const auto to = 1 - from;
  count_from(seg, sender);
  const auto options = decode::TcpOptions::of(seg);
  if (seg.flags.syn()) shift_[from] = options.wscale;

  LoggedSegment logged{{}, appraisal};
  logged.time = seg.time;
  logged.seq = counting_[from].of(Seq{seg.seq});
  if (seg.flags.ack()) logged.ack = counting_[to].of(Seq{seg.ack});
  logged.payload_len = seg.payload_len;
  logged.window = window_of(seg, sender);
  logged.flags = seg.flags;
  logged.frame = seg.frame;
  logged.sender = static_cast<std::uint8_t>(sender);
  if (options.timestamps) {
    logged.has_timestamps = true;
    logged.tsval = options.timestamps->tsval;
    logged.tsecr = options.timestamps->tsecr;
  }
  segments_.append() = logged;
  if (seg.flags.ack()) note_sacks(options.sack, sender);
}

// Where the numbers of both ends begin: at its SYN, or one before the first that is seen.
void SegmentLog::count_from(const Segment& seg, int sender) {
  const auto from = static_cast<std::size_t>(sender);
  Counting& own = counting_[from];
  Counting& peers = counting_[1 - from];
  const Seq seq{seg.seq};
  if (seg.flags.syn() && !own.from_syn) {
    if (own.begun) recount(sender, own.of(seq));
    own.begin(seq, 0);
    own.from_syn = true;
  } else if (!own.begun) {
    own.begin(seq, 1);
  }
  own.move_to(seq + seg.seg_len());
  if (!seg.flags.ack() || seg.flags.rst()) return;
  if (!peers.begun) peers.begin(Seq{seg.ack}, 1);
}

// The SYN shows that the numbers of `end` so far are too high by `shift`: they were counted from a
// stray segment.
void SegmentLog::recount(int end, std::int64_t shift) {
  for (std::uint32_t i = 0; i < segments_.size(); ++i) {
    LoggedSegment& s = segments_[i];
    if (s.sender == end) {
      s.seq -= shift;
    } else if (s.flags.ack()) {
      s.ack -= shift;
    }
  }
  for (LoggedSack& sack : sacks_) {
    if (segments_[sack.segment].sender == end) continue;
    sack.left -= shift;
    sack.right -= shift;
  }
}

std::uint32_t SegmentLog::window_of(const Segment& seg, int sender) const {
  if (seg.flags.syn() || !shift_[0] || !shift_[1]) return seg.window;
  return scaled(seg.window, *shift_[static_cast<std::size_t>(sender)]);
}

void SegmentLog::note_sacks(const decode::SackBlocks& blocks, int sender) {
  const Counting& peers = counting_[static_cast<std::size_t>(1 - sender)];
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto [left, right] = blocks[i];
    sacks_.push_back({segments_.size() - 1, peers.of(Seq{left}), peers.of(Seq{right})});
  }
}

}  // namespace tapstat::analysis::tcp
