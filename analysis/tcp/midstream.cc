#include "analysis/tcp/midstream.h"

#include <cstring>

#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {

bool Midstream::begins(const Segment& seg) {
  return weighty_flags(seg) == decode::TcpFlags::kAck && !seg.is_short && seg.window != 0 &&
         seg.payload_len <= UINT16_MAX && seg.wire_len <= UINT16_MAX &&
         decode::TcpOptions::of(seg).sack.size() == 0;
}

Midstream::Midstream(const Segment& seg, int sender, std::uint8_t at_first)
    : time_(seg.time), near{.at_first = at_first} {
  note(seg, sender, Duration{0});
}

bool Midstream::take(const Segment& seg, int sender, Timestamp last) {
  const bool is_in_time = last <= seg.time && seg.time - last < kMostIdle;
  if (count_ == kMost || !is_in_time || !begins(seg) || !goes_on(seg, sender)) return false;
  note(seg, sender, seg.time - last);
  return true;
}

// Where its sender stood, or the other end takes it to stand; acknowledging nothing that went
// unseen; and saying something, as what says nothing may be a packet that is seen twice.
bool Midstream::goes_on(const Segment& seg, int sender) const {
  const Note* const own = latest(sender);
  const Note* const other = latest(1 - sender);
  const Seq ack{seg.ack};
  if (Seq{seg.seq} != (own != nullptr ? own->end() : Seq{other->ack})) return false;
  if (other != nullptr ? before(other->end(), ack) : ack != Seq{own->ack}) return false;
  if (own == nullptr) return true;
  const bool says_something = seg.payload_len > 0 || own->payload_len > 0 || ack != Seq{own->ack};
  if (!says_something || before(ack, Seq{own->ack})) return false;
  const auto stamps = decode::TcpOptions::of(seg).timestamps;
  const auto last = clock(sender);
  return !stamps || !last || last->allows(stamps->tsval, seg.time);
}

void Midstream::note(const Segment& seg, int sender, Duration after) {
  const auto stamps = decode::TcpOptions::of(seg).timestamps;
  Note& note = notes_[count_++];
  note = {.seq = seg.seq,
          .ack = seg.ack,
          .tsval = stamps ? stamps->tsval : 0,
          .payload_len = static_cast<std::uint16_t>(seg.payload_len),
          .window = seg.window,
          .after = Gap{after},
          .flags = seg.flags.bits()};
  note.sender = static_cast<std::uint8_t>(sender & 1);
  note.has_tsval = stamps.has_value();
  auto& mac = macs_[note.sender];
  if (seg.macs == nullptr || (has_mac_ >> note.sender & 1) != 0) return;
  std::memcpy(mac.data(), seg.macs + mac.size(), mac.size());
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
  seg.has_macs = (has_mac_ >> note.sender & 1) != 0;
  std::memcpy(seg.macs.data() + 6, macs_[note.sender].data(), 6);
  if (note.has_tsval) seg.put_clock(note.tsval);
  return seg;
}

}  // namespace tapstat::analysis::tcp
