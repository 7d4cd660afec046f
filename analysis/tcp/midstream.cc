#include "analysis/tcp/midstream.h"

#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {

bool Midstream::begins(const Segment& seg) { return note_of(seg, 0).has_value(); }

Midstream::Midstream(const Segment& seg, int sender, std::uint8_t at_first)
    : time_(seg.time), near{.at_first = at_first} {
  keep(*note_of(seg, sender), seg.macs);
}

bool Midstream::take(const Segment& seg, int sender, Timestamp last) {
  const bool is_in_time = last <= seg.time && seg.time - last < kMostIdle;
  if (count_ == kMost || !is_in_time) return false;
  auto note = note_of(seg, sender);
  if (!note || !goes_on(*note, seg.time)) return false;
  note->after = Gap{seg.time - last};
  keep(*note, seg.macs);
  return true;
}

std::optional<Midstream::Note> Midstream::note_of(const Segment& seg, int sender) {
  if (weighty_flags(seg) != decode::TcpFlags::kAck || !fits(seg)) return std::nullopt;
  const auto options = decode::TcpOptions::of(seg);
  if (options.sack.size() > 0) return std::nullopt;
  Note note{.seq = seg.seq,
            .ack = seg.ack,
            .tsval = options.timestamps ? options.timestamps->tsval : 0,
            .payload_len = static_cast<std::uint16_t>(seg.payload_len),
            .window = seg.window,
            .after = {},
            .flags = seg.flags.bits()};
  note.sender = static_cast<std::uint8_t>(sender & 1);
  note.has_tsval = options.timestamps.has_value();
  return note;
}

// Where its sender stood, or the other end takes it to stand; acknowledging nothing that went
// unseen; and saying something, as what says nothing may be a packet that is seen twice.
bool Midstream::goes_on(const Note& note, Timestamp time) const {
  const Note* const own = latest(note.sender);
  const Note* const other = latest(1 - note.sender);
  const Seq ack{note.ack};
  if (Seq{note.seq} != (own != nullptr ? own->end() : Seq{other->ack})) return false;
  if (other != nullptr ? before(other->end(), ack) : ack != Seq{own->ack}) return false;
  if (own == nullptr) return true;
  const bool says_something = note.payload_len > 0 || own->payload_len > 0 || ack != Seq{own->ack};
  if (!says_something || before(ack, Seq{own->ack})) return false;
  const auto last = clock(note.sender);
  return !note.has_tsval || !last || last->allows(note.tsval, time);
}

void Midstream::keep(const Note& note, const std::uint8_t* macs) {
  notes_[count_++] = note;
  if (macs == nullptr || (has_mac_ >> note.sender & 1) != 0) return;
  macs_[note.sender] = decode::mac_from_wire(macs + 6);
  has_mac_ |= static_cast<std::uint8_t>(1u << note.sender);
}

const Midstream::Note* Midstream::latest(int end) const {
  for (std::size_t i = count_; i-- > 0;) {
    if (notes_[i].sender == end) return &notes_[i];
  }
  return nullptr;
}

std::optional<Clock> Midstream::clock(int end) const {
  std::optional<Clock> latest;
  for (std::size_t i = 0; i < count_; ++i) {
    const Note& note = notes_[i];
    if (note.sender != end || !note.has_tsval) continue;
    const bool is_later = !latest || before(Seq{latest->value}, Seq{note.tsval});
    if (is_later) latest = Clock{note.tsval, time_of(i)};
  }
  return latest;
}

Timestamp Midstream::time_of(std::size_t index) const {
  Timestamp time = time_;
  for (std::size_t i = 1; i <= index; ++i) time += notes_[i].after.duration();
  return time;
}

KeptSegment Midstream::segment(std::size_t index) const {
  const Note& note = notes_[index];
  KeptSegment seg;
  seg.time = time_of(index);
  seg.seq = note.seq;
  seg.ack = note.ack;
  seg.payload_len = note.payload_len;
  seg.window = note.window;
  seg.flags = note.flags;
  seg.sender = note.sender;
  if ((has_mac_ >> note.sender & 1) != 0) seg.put_source(macs_[note.sender]);
  if (note.has_tsval) seg.put_clock(note.tsval);
  return seg;
}

}  // namespace tapstat::analysis::tcp
