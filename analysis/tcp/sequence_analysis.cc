#include "analysis/tcp/sequence_analysis.h"

#include <algorithm>

#include "analysis/tcp/receive_window.h"

namespace tapstat::analysis::tcp {
namespace {

using namespace std::chrono_literals;
using decode::TcpFlags;

// A repetition that comes so soon after the last duplicate ACK was asked for by it; one that comes
// so soon after what was sent behind it was overtaken, where no handshake told the round trip.
constexpr Duration kFast = 20ms;
constexpr Duration kOvertaken = 3ms;
constexpr std::uint32_t kDuplicatesAsk = 2;

// Wireshark's MAX_TCP_SACK_RANGES, of which it counts all but one.
constexpr std::size_t kSackBlocksCounted = 3;

// More under way than anyone can have: Wireshark does not say it.
constexpr std::uint32_t kMostInFlight = 2'000'000'000;

[[nodiscard]] bool is_set(Seq s) { return s.value() != 0; }

[[nodiscard]] bool opens_or_closes(const Segment& seg) {
  return seg.flags.has_any(TcpFlags::kSyn | TcpFlags::kFin);
}

// Neither SYN, FIN nor RST.
[[nodiscard]] bool is_plain(const Segment& seg) {
  return !seg.flags.has_any(TcpFlags::kSyn | TcpFlags::kFin | TcpFlags::kRst);
}

// RFC 2883 section 4: the first block is acknowledged already, or lies in the second.
[[nodiscard]] bool is_duplicate_sack(const decode::SackBlocks& sack, Seq ack) {
  if (sack.size() == 0) return false;
  const Seq right{sack[0].second};
  if (at_or_before(right, ack)) return true;
  return sack.size() > 1 && before(Seq{sack[1].first}, right) &&
         at_or_before(right, Seq{sack[1].second});
}

}  // namespace

// One segment being judged by what was sent before it.
class SequenceAnalysis::Judge {
 public:
  Judge(const Segment& seg, Side& from, Side& to, Duration initial_rtt, Appraisal& appraisal)
      : seg_(seg), from_(from), to_(to), initial_rtt_(initial_rtt), said_(appraisal) {}

  void judge() {
    if (is_zero_window_probe()) {
      add(Note::zero_window_probe);
    } else {
      if (is_zero_window()) add(Note::zero_window);
      if (is_lost_segment()) {
        add(Note::lost_segment);
        from_.knows_flight = false;
      }
      if (is_keep_alive()) add(Note::keep_alive);
      if (is_window_update()) add(Note::window_update);
      if (is_window_full()) add(Note::window_full);
      if (repeats_last_ack()) judge_repeated_ack();
    }
    if (Seq{seg_.ack} != from_.last_ack) from_.duplicate_acks = 0;
    if (is_ack_beyond()) judge_ack_beyond();
    if (seg_.payload_len > 0 || opens_or_closes(seg_)) judge_repetition();
  }

 private:
  void add(Note n) { said_.notes.add(n); }

  [[nodiscard]] bool is_zero_window_probe() const {
    return seg_.payload_len == 1 && Seq{seg_.seq} == from_.next && to_.window == 0;
  }
  [[nodiscard]] bool is_zero_window() const { return seg_.window == 0 && is_plain(seg_); }
  [[nodiscard]] bool is_lost_segment() const {
    return is_set(from_.next) && before(from_.next, Seq{seg_.seq}) && !seg_.flags.rst();
  }
  [[nodiscard]] bool is_keep_alive() const {
    return seg_.payload_len <= 1 && Seq{seg_.seq} + 1 == from_.next && is_plain(seg_);
  }
  // It says nothing that its sender's last segment did not say, but for the window.
  [[nodiscard]] bool goes_nowhere() const {
    return seg_.payload_len == 0 && Seq{seg_.seq} == from_.next &&
           Seq{seg_.ack} == from_.last_ack && is_plain(seg_);
  }
  [[nodiscard]] bool is_window_update() const {
    return seg_.window != 0 && seg_.window != from_.window && goes_nowhere();
  }
  [[nodiscard]] bool repeats_last_ack() const {
    return seg_.window == from_.window && goes_nowhere();
  }
  [[nodiscard]] bool is_window_full() const;
  [[nodiscard]] bool is_ack_beyond() const {
    return is_set(to_.to_ack) && before(to_.to_ack, Seq{seg_.ack}) && seg_.flags.ack();
  }

  void judge_repeated_ack();
  void judge_ack_beyond();
  void judge_repetition();
  [[nodiscard]] bool is_below_what_was_sent() const;
  [[nodiscard]] bool is_spurious() const;
  [[nodiscard]] bool is_fast() const;
  [[nodiscard]] bool is_out_of_order() const;

  const Segment& seg_;
  Side& from_;
  Side& to_;
  Duration initial_rtt_;
  Appraisal& said_;
};

// The window of a SYN is not scaled, and Wireshark takes the first one after it likewise.
bool SequenceAnalysis::Judge::is_window_full() const {
  if (seg_.payload_len == 0 || to_.window_shift == kScaleUnknown || !is_plain(seg_)) return false;
  const bool scaled = !to_.before_first_ack && to_.window_shift != kNotScaled;
  const std::uint32_t window = to_.window << (scaled ? to_.window_shift : 0);
  return Seq{seg_.seq} + seg_.payload_len == to_.last_ack + window;
}

void SequenceAnalysis::Judge::judge_repeated_ack() {
  if (seg_.window != 0) {
    if (to_.last_notes.has(Note::keep_alive)) return add(Note::keep_alive_ack);
    from_.duplicate_acks = from_.duplicate_acks == kOfUnseen ? 1 : from_.duplicate_acks + 1;
    said_.duplicate = from_.duplicate_acks;
    add(Note::duplicate_ack);
  } else if (to_.last_notes.has(Note::zero_window_probe)) {
    add(Note::zero_window_probe_ack);
  }
}

// Told once of what is missing: from then on the other end counts as having sent it.
void SequenceAnalysis::Judge::judge_ack_beyond() {
  if (before(to_.to_ack, to_.next)) {
    to_.to_ack = to_.next;
    add(Note::ack_lost_segment);
    return;
  }
  if (to_.duplicate_acks == 0) add(Note::ack_lost_segment);
  to_.duplicate_acks = kOfUnseen;
}

void SequenceAnalysis::Judge::judge_repetition() {
  if (said_.notes.has(Note::keep_alive)) return;
  if (is_spurious()) {
    add(Note::spurious_retransmission);
    return add(Note::retransmission);
  }
  if (!is_below_what_was_sent()) return;
  if (is_fast()) {
    add(Note::fast_retransmission);
    return add(Note::retransmission);
  }
  add(is_out_of_order() ? Note::out_of_order : Note::retransmission);
}

bool SequenceAnalysis::Judge::is_spurious() const {
  return seg_.payload_len > 0 && is_set(to_.last_ack) &&
         at_or_before(Seq{seg_.seq} + seg_.payload_len, to_.last_ack);
}

// One that repeats a single byte and brings more follows a probe of a closed window.
bool SequenceAnalysis::Judge::is_below_what_was_sent() const {
  if (!is_set(from_.next) || !before(Seq{seg_.seq}, from_.next)) return false;
  return !(seg_.payload_len > 1 && Seq{seg_.seq} + 1 == from_.next);
}

// kOfUnseen is more than any number here, as in Wireshark.
bool SequenceAnalysis::Judge::is_fast() const {
  const Duration since_ack = seg_.time - to_.last_ack_time;
  return to_.duplicate_acks >= kDuplicatesAsk && to_.last_ack == Seq{seg_.seq} &&
         since_ack >= 0ns && since_ack < kFast;
}

bool SequenceAnalysis::Judge::is_out_of_order() const {
  const Duration since_next = seg_.time - from_.next_time;
  const Duration overtaken = initial_rtt_ == 0ns ? kOvertaken : initial_rtt_;
  const std::uint32_t flag = opens_or_closes(seg_) ? 1 : 0;
  return since_next >= 0ns && since_next < overtaken &&
         from_.next != Seq{seg_.seq} + seg_.payload_len + flag;
}

Appraisal SequenceAnalysis::take(const Segment& seg, int sender, AnalysisStore& store) {
  Side& from = sides_[sender];
  const bool is_first = !sides_[0].has_sent && !sides_[1].has_sent;
  Appraisal appraisal;
  if (seg.flags.syn()) note_syn(seg, sender, is_first, appraisal.notes);
  from.sacked = 0;
  if (!seg.is_short) appraise(seg, sender, appraisal, store);
  from.last_notes = appraisal.notes;
  measure(seg, sender, appraisal, store);
  note_handshake(seg, sender);
  note_completeness(seg, is_first);
  from.has_sent = true;
  return appraisal;
}

void SequenceAnalysis::appraise(const Segment& seg, int sender, Appraisal& appraisal,
                                AnalysisStore& store) {
  Side& from = sides_[sender];
  Side& to = sides_[1 - sender];
  const auto options = decode::TcpOptions::of(seg);
  if (!from.has_base || !to.has_base) note_base(seg, sender);
  if (seg.flags.ack()) to.knows_flight = true;
  Judge(seg, from, to, initial_rtt_, appraisal).judge();

  Seq end = Seq{seg.seq} + seg.payload_len;
  if ((seg.payload_len > 0 || opens_or_closes(seg)) && !from.unacked.is_full()) {
    if (opens_or_closes(seg)) end = end + 1;
    const auto& stamps = options.timestamps;
    from.unacked.push({Seq{seg.seq}, end, seg.time, stamps ? stamps->tsval : 0, stamps.has_value()},
                      store.blocks);
    const bool repeats = before(Seq{seg.seq}, from.next);
    if (repeats && before(Seq{seg.seq}, rest_[sender].base)) from.unacked.note_before_base();
  }
  if (!appraisal.notes.has(Note::zero_window_probe)) {
    if (before(from.next, end) || !is_set(from.next)) {
      from.next = end;
      from.next_time = seg.time;
    }
    if (Seq{seg.seq} == from.to_ack || !is_set(from.to_ack)) from.to_ack = from.next;
  }
  from.window = seg.window;
  from.last_ack = Seq{seg.ack};
  from.last_ack_time = seg.time;

  measure_acked(seg, sender, options, appraisal, store);
  measure_flight(seg, sender, appraisal, store);
  note_options(seg, sender, options, store);
}

// Whether a SYN or SYN-ACK begins anew what was there.
void SequenceAnalysis::note_syn(const Segment& seg, int sender, bool is_first, Notes& notes) {
  Side& from = sides_[sender];
  Seq& base = rest_[sender].base;
  if (!seg.flags.ack()) {
    if (reused_ && is_first) notes.add(Note::reused_ports);
    // A reset may have been sent from far ahead: the SYN that comes once more sets that right.
    if (from.has_base && base == Seq{seg.seq}) from.next = from.to_ack;
  } else if (from.has_base && base != Seq{seg.seq}) {
    base = Seq{seg.seq};
    notes.add(Note::reused_ports);
  }
}

// Where the numbers of both are counted from.
void SequenceAnalysis::note_base(const Segment& seg, int sender) {
  Side& from = sides_[sender];
  Side& to = sides_[1 - sender];
  if (!from.has_base) {
    rest_[sender].base = Seq{seg.seq} - (seg.flags.syn() ? 0u : 1u);
    from.has_base = true;
  }
  if (!to.has_base && seg.flags.ack()) {
    rest_[1 - sender].base = Seq{seg.ack} - 1;
    to.has_base = true;
  }
}

RoundTrips SequenceAnalysis::rtt(const Slab<Quality>& qualities) const {
  const auto of = [&](int end) {
    const Quality* measured = quality(end, qualities);
    return measured == nullptr ? RoundTrips{} : measured->rtt;
  };
  const int last = sides_[1].was_acked_last ? 1 : 0;
  return of(last).with(of(1 - last));
}

void SequenceAnalysis::clear(AnalysisStore& store) {
  for (Side& side : sides_) {
    if (side.quality != kNone) store.qualities.give_back(side.quality);
    side.unacked.clear(store.blocks);
  }
  *this = {};
}

Quality& SequenceAnalysis::quality_of(int end, AnalysisStore& store) {
  std::uint32_t& at = sides_[end].quality;
  if (at == kNone) {
    at = store.qualities.take();
    store.qualities[at] = {};
  }
  return store.qualities[at];
}

void SequenceAnalysis::measure_acked(const Segment& seg, int sender,
                                     const decode::TcpOptions& options, Appraisal& appraisal,
                                     AnalysisStore& store) {
  const int peer = 1 - sender;
  Side& to = sides_[peer];
  if (to.unacked.empty()) return;
  Unacknowledged::Ack ack{.ack = Seq{seg.ack}};
  if (options.timestamps && seg.flags.ack()) ack.tsecr = options.timestamps->tsecr;
  if (to.has_resent) ack.sent_once = rest_[peer].resent_end;
  const auto acked = to.unacked.acknowledge(ack, store.blocks);
  if (to.has_resent && seg.flags.ack()) settle_largest(peer, ack.ack, store);
  if (!acked.exact && !acked.echoed && acked.largest == 0) return;
  Quality& quality = quality_of(peer, store);
  quality.largest_acked = std::max(quality.largest_acked, acked.largest);
  // What is out of order by its date measures nothing.
  if (acked.echoed && *acked.echoed <= seg.time) {
    quality.timestamp_rtt.add(seg.time - *acked.echoed);
  }
  if (!acked.exact) return;
  const Duration rtt = seg.time - *acked.exact;
  if (rtt <= 0ns) return;  // no clock of a capture is that fine: Wireshark does not say it either
  appraisal.ack_rtt = rtt;
  to.was_acked_last = true;
  sides_[sender].was_acked_last = false;
  quality.rtt.add(rtt);
  quality.distribution.add(rtt);
  if (quality.unambiguous && before(rest_[peer].resent_end, Seq{seg.ack})) {
    quality.unambiguous->add(rtt);
  }
}

void SequenceAnalysis::measure_flight(const Segment& seg, int sender, Appraisal& appraisal,
                                      AnalysisStore& store) {
  const Side& from = sides_[sender];
  if (seg.payload_len == 0 || from.unacked.empty() || !from.knows_flight) return;
  std::uint32_t in_flight = from.unacked.span(rest_[sender].base) - sides_[1 - sender].sacked;
  if (in_flight == 0 || in_flight >= kMostInFlight) return;
  if (opens_or_closes(seg)) --in_flight;
  appraisal.bytes_in_flight = in_flight;
  Quality& quality = quality_of(sender, store);
  quality.most_in_flight = std::max(quality.most_in_flight, in_flight);
}

void SequenceAnalysis::measure(const Segment& seg, int sender, const Appraisal& appraisal,
                               AnalysisStore& store) {
  const Notes notes = appraisal.notes;
  if (seg.payload_len == 0 && notes.empty() && sides_[sender].quality == kNone) return;
  Quality& quality = quality_of(sender, store);
  if (seg.payload_len > 0) {
    if (quality.data_segments++ == 0) quality.first_data = seg.time;
    quality.last_data = seg.time;
  }
  if (quality.zero_window_since && seg.window != 0 && is_plain(seg)) quality.open_window(seg.time);
  if (notes.empty()) return;
  notes.for_each([&](Note n) { ++quality.notes[static_cast<std::size_t>(n)]; });
  if (notes.has(Note::zero_window) && !quality.zero_window_since) {
    quality.zero_window_since = seg.time;
    quality.zero_window_frames.add(seg.frame);
  }
  if (notes.has(Note::retransmission)) measure_repetition(seg, sender, notes, quality);
  const Rest& peer = rest_[1 - sender];
  const bool repeats_ack = notes.has(Note::duplicate_ack) || notes.has(Note::window_update);
  if (repeats_ack && peer.large_len > 0 && peer.large == Seq{seg.ack}) {
    quality_of(1 - sender, store).others_arrived = true;
  }
}

void SequenceAnalysis::measure_repetition(const Segment& seg, int sender, Notes notes,
                                          Quality& quality) {
  const Seq end = Seq{seg.seq} + seg.seg_len();
  Side& from = sides_[sender];
  Seq& resent_end = rest_[sender].resent_end;
  resent_end = from.has_resent ? later(resent_end, end) : end;
  from.has_resent = true;
  if (!quality.unambiguous) quality.unambiguous = quality.rtt;
  quality.retransmitted_bytes += seg.payload_len;
  if (notes.has(Note::spurious_retransmission)) {
    quality.spurious_bytes += seg.payload_len;
    return;
  }
  if (seg.payload_len == 0) return;
  ++quality.data_retransmitted;
  quality.retransmission_frames.add(seg.frame);
  quality.last_retransmission = seg.time;
  measure_largest(seg, sender, quality);
}

void SequenceAnalysis::measure_largest(const Segment& seg, int sender, Quality& quality) {
  const Side& peer = sides_[1 - sender];
  Rest& rest = rest_[sender];
  const Seq seq{seg.seq};
  if (seg.payload_len > quality.largest_retransmitted) {
    quality.largest_retransmitted = seg.payload_len;
    quality.largest_times = 0;
  }
  if (seg.payload_len < quality.largest_retransmitted) {
    const bool is_piece = at_or_before(rest.large, seq) && before(seq, rest.large + rest.large_len);
    if (rest.large_len > 0 && is_piece) rest.large_is_cut = true;
    return;
  }
  ++quality.largest_times;
  rest.large = seq;
  rest.large_len = seg.payload_len;
  rest.large_is_cut = false;
  // What arrives behind a hole may change the window, too: then it is no duplicate ACK.
  const bool duplicate = peer.duplicate_acks > 0 && peer.duplicate_acks != kOfUnseen;
  const bool update =
      peer.last_notes.has(Note::window_update) && sides_[sender].next_time <= peer.last_ack_time;
  if ((duplicate || update) && peer.last_ack == seq) quality.others_arrived = true;
}

void SequenceAnalysis::settle_largest(int end, Seq ack, AnalysisStore& store) {
  Rest& rest = rest_[end];
  if (rest.large_len == 0 || !before(rest.large, ack)) return;
  const bool is_all = at_or_before(rest.large + rest.large_len, ack);
  if (!is_all && !rest.large_is_cut) return;
  Quality& quality = quality_of(end, store);
  if (rest.large_is_cut) {
    quality.others_arrived = true;
  } else {
    quality.largest_acked = std::max(quality.largest_acked, rest.large_len);
  }
  rest.large_len = 0;
}

void SequenceAnalysis::note_options(const Segment& seg, int sender,
                                    const decode::TcpOptions& options, AnalysisStore& store) {
  Side& from = sides_[sender];
  Side& to = sides_[1 - sender];
  for (std::size_t i = 0; i < std::min(options.sack.size(), kSackBlocksCounted); ++i) {
    from.sacked += options.sack[i].second - options.sack[i].first;
  }
  if (is_duplicate_sack(options.sack, Seq{seg.ack})) ++quality_of(sender, store).duplicate_sacks;
  if (options.wscale) {
    from.window_shift = static_cast<std::int8_t>(std::min(*options.wscale, kMostWindowShift));
  }
  if (!seg.flags.syn()) return;
  // Windows are scaled only where both ends say so (RFC 7323 section 2.2).
  if (from.window_shift == kScaleUnknown) {
    from.window_shift = to.window_shift = kNotScaled;
  } else if (seg.flags.ack() && to.window_shift == kNotScaled) {
    from.window_shift = kNotScaled;
  }
}

void SequenceAnalysis::note_handshake(const Segment& seg, int sender) {
  Side& from = sides_[sender];
  if (seg.flags.syn()) {
    from.before_first_ack = true;
    if (seg.flags.ack()) return;
    last_syn_ = seg.time;
    for (Side& side : sides_) side.awaits_ack = initial_rtt_ == Duration{};
  } else if (seg.flags.ack()) {
    from.before_first_ack = false;
    if (!from.awaits_ack) return;
    initial_rtt_ = std::max(seg.time - last_syn_, Duration::zero());
    for (Side& side : sides_) side.awaits_ack = initial_rtt_ == Duration{};
  }
}

// The first segment of a stream counts only as a SYN while it is the only one, as in Wireshark,
// which looks at what else it is when it dissects it once more.
void SequenceAnalysis::note_completeness(const Segment& seg, bool is_first) {
  const bool syn = seg.flags.syn();
  const bool ack = seg.flags.ack();
  std::uint8_t bits = 0;
  const auto add = [&bits](bool holds, std::uint8_t bit) {
    if (holds) bits |= bit;
  };
  add(syn && ack, completeness::kSynAck);
  add(!syn && ack, seg.payload_len > 0 ? completeness::kData : completeness::kAck);
  add(seg.flags.fin() && ack, completeness::kFin);
  add(seg.flags.rst(), completeness::kRst);
  if (!is_first || reused_) {
    completeness_ |= bits | completeness_of_first_;
  } else {
    completeness_of_first_ = bits;
  }
  if (!is_first || !syn || ack) return;
  completeness_ |= completeness::kSyn;
  if (seg.payload_len > 0 && !reused_) completeness_ |= completeness::kData;
}

}  // namespace tapstat::analysis::tcp
