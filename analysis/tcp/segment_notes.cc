#include "analysis/tcp/segment_notes.h"

#include <algorithm>
#include <chrono>

namespace tapstat::analysis::tcp {
namespace {

using namespace std::chrono_literals;

// Wireshark's bounds: what fills a gap within the handshake's round trip, or 3 ms where that is not
// known, was overtaken; a repetition within 20 ms of the last duplicate ACK was asked for by it.
constexpr std::chrono::nanoseconds kOvertaken = 3ms;
constexpr std::chrono::nanoseconds kFast = 20ms;
constexpr int kDuplicatesAsk = 2;

// Numbers farther apart than the largest window have nothing to do with each other.
constexpr std::int64_t kLargestWindow = std::int64_t{1} << 30;

}  // namespace

void SentSoFar::add(const PlainSegment& seg, Notes notes) {
  if (!seg.flags.rst() && !notes.probes()) add_bytes(seg);
  if (seg.flags.ack() && !seg.flags.rst()) {
    if (notes.has(Note::duplicate_ack)) {
      ++duplicate_acks_;
    } else if (!acked_ || seg.ack != ack_) {
      duplicate_acks_ = 0;
    }
    ack_ = acked_ ? std::max(ack_, seg.ack) : seg.ack;
    ack_time_ = seg.time;
    acked_ = true;
  }
  window_ = seg.window;
  flags_ = seg.flags;
  notes_ = notes;
}

void SentSoFar::add_bytes(const PlainSegment& seg) {
  if (!any_) {
    any_ = true;
    nxt_ = seg.end();
    nxt_time_ = seg.time;
    return;
  }
  if (seg.end() - nxt_ > kLargestWindow) return;
  if (seg.seq > nxt_) {
    if (gaps_.size() == kMaxGaps) gaps_.erase(gaps_.begin());
    gaps_.emplace_back(nxt_, seg.seq);
  } else if (seg.seq < nxt_) {
    fill_gaps(seg.seq, seg.end());
  }
  if (seg.end() > nxt_) {
    nxt_ = seg.end();
    nxt_time_ = seg.time;
  }
}

void SentSoFar::fill_gaps(std::int64_t begin, std::int64_t end) {
  std::vector<Gap> left;
  for (const Gap& gap : gaps_) {
    if (gap.first < begin) left.emplace_back(gap.first, std::min(gap.second, begin));
    if (end < gap.second) left.emplace_back(std::max(gap.first, end), gap.second);
  }
  gaps_ = std::move(left);
}

bool SentSoFar::in_gap(std::int64_t seq) const {
  return std::any_of(gaps_.begin(), gaps_.end(),
                     [&](const Gap& g) { return g.first <= seq && seq < g.second; });
}

// One segment being judged.
class Judgement {
 public:
  Judgement(const PlainSegment& seg, const SentSoFar& sender, const SentSoFar& receiver,
            const HandshakeFacts& handshake)
      : seg_(seg), sender_(sender), receiver_(receiver), handshake_(handshake) {}

  [[nodiscard]] Notes notes() {
    if (seg_.flags.rst()) return notes_;
    look_at_sequence();
    if (seg_.flags.ack()) look_at_ack();
    look_at_window();
    return notes_;
  }

 private:
  void look_at_sequence();
  void look_at_repetition();
  void look_at_ack();
  void look_at_repeated_ack();
  void look_at_window();

  [[nodiscard]] bool is_plain() const {
    using Flags = decode::TcpFlags;
    return !seg_.flags.has_any(Flags::kSyn | Flags::kFin | Flags::kRst);
  }

  const PlainSegment& seg_;
  const SentSoFar& sender_;
  const SentSoFar& receiver_;
  const HandshakeFacts& handshake_;
  Notes notes_;
};

void Judgement::look_at_sequence() {
  if (!sender_.any_ || seg_.seq - sender_.nxt_ > kLargestWindow) return;
  if (is_plain() && seg_.payload_len <= 1 && seg_.seq == sender_.nxt_ - 1) {
    notes_.add(Note::keep_alive);
  } else if (is_plain() && seg_.payload_len == 1 && seg_.seq == sender_.nxt_ && receiver_.acked_ &&
             receiver_.window_ == 0) {
    notes_.add(Note::zero_window_probe);
  } else if (seg_.seq > sender_.nxt_) {
    notes_.add(Note::lost_segment);
  } else if (seg_.seg_len() > 0 && seg_.seq < sender_.nxt_) {
    look_at_repetition();
  }
}

// It lies below what its sender sent already. The SYN-ACK of a simultaneous open is no repetition
// of the SYN before it.
void Judgement::look_at_repetition() {
  if (seg_.flags.syn() && seg_.flags.ack() && !sender_.acked_) return;
  const auto overtaken = handshake_.rtt.value_or(kOvertaken);
  if (seg_.payload_len > 0 && receiver_.acked_ && seg_.end() <= receiver_.ack_) {
    notes_.add(Note::spurious_retransmission);
  } else if (receiver_.duplicate_acks_ >= kDuplicatesAsk && receiver_.ack_ == seg_.seq &&
             seg_.time - receiver_.ack_time_ < kFast) {
    notes_.add(Note::fast_retransmission);
  } else if (sender_.in_gap(seg_.seq) && seg_.time - sender_.nxt_time_ < overtaken) {
    notes_.add(Note::out_of_order);
  } else {
    notes_.add(Note::retransmission);
  }
}

void Judgement::look_at_ack() {
  const std::int64_t beyond = seg_.ack - receiver_.nxt_;
  if (receiver_.any_ && beyond > 0 && beyond <= kLargestWindow) {
    notes_.add(Note::ack_lost_segment);
  }
  const bool goes_on = sender_.any_ && seg_.seq == sender_.nxt_;
  if (is_plain() && seg_.payload_len == 0 && goes_on && sender_.acked_ &&
      seg_.ack == sender_.ack_) {
    look_at_repeated_ack();
  }
}

// A bare ACK that says what its sender's last one said.
void Judgement::look_at_repeated_ack() {
  const bool same_window = seg_.window == sender_.window_;
  if (receiver_.notes_.probes() && seg_.window == 0 && same_window) {
    notes_.add(Note::zero_window_probe_ack);
  } else if (receiver_.notes_.has(Note::keep_alive) && same_window) {
    notes_.add(Note::keep_alive_ack);
  } else if (receiver_.flags_.syn() && !receiver_.flags_.ack()) {
    notes_.add(Note::challenge_ack);
  } else if (same_window) {
    notes_.add(Note::duplicate_ack);
  } else if (seg_.window > 0 && !sender_.flags_.syn()) {  // a SYN's window is not scaled
    notes_.add(Note::window_update);
  }
}

void Judgement::look_at_window() {
  if (is_plain() && seg_.window == 0) notes_.add(Note::zero_window);
  if (seg_.payload_len == 0 || !handshake_.window_scale || notes_.probes()) return;
  if (receiver_.acked_ && receiver_.window_ > 0 &&
      seg_.seq + seg_.payload_len == receiver_.ack_ + receiver_.window_) {
    notes_.add(Note::window_full);
  }
}

Notes notes_on(const PlainSegment& seg, const SentSoFar& sender, const SentSoFar& receiver,
               const HandshakeFacts& handshake) {
  return Judgement(seg, sender, receiver, handshake).notes();
}

}  // namespace tapstat::analysis::tcp
