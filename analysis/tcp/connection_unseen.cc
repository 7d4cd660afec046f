// Connection: what an end must have sent although the tap did not see it, as one packet in a
// thousand on a busy tap, or every one of a direction that takes another way.
//
// Numbers tell that there was something: an acknowledgment of more than was seen, or a segment that
// stands beyond. What it was they tell only by how much: a FIN takes one number, and so does a byte
// of data. It is taken for a FIN until more data shows that it was none. Nothing that follows from
// it is sure.
#include "analysis/tcp/connection.h"

namespace tapstat::analysis::tcp {
namespace {

// Its next segment may be a FIN.
[[nodiscard]] bool may_close(State s) { return s == State::established || s == State::close_wait; }

// What a SYN-ACK answers comes first of all: a FIN of `to` before it was another socket's.
[[nodiscard]] bool answers_syn_after_fin(const Segment& seg, const Endpoint& to) {
  return seg.flags.syn() && seg.flags.ack() && to.fin() &&
         at_or_before(*to.fin() + 1, Seq{seg.ack});
}

}  // namespace

void Connection::look_for_unseen(const Segment& seg, int sender, const Stage& stage) {
  Endpoint& from = ends_[sender];
  Endpoint& to = ends_[1 - sender];
  if (seg.flags.rst()) return;
  explain_unseen(seg, sender, stage);
  if (seg.flags.ack() && !seg.flags.syn()) {
    const bool more = to.has_nxt() && before(to.nxt(), Seq{seg.ack});
    const bool opening = from.settled() == State::syn_sent || from.settled() == State::syn_received;
    const bool never = !to.was_seen() && opening;
    if (never) to.answered_unseen({seg.time, seg.frame}, scene(1 - sender, stage));
    // Met with a SYN-ACK that came late, its handshake was over long ago.
    const bool met_late = to.state() == State::syn_received && !from.iss();
    const bool may_have_sent = may_close(to.state()) || met_late;
    if (more && met_late) to.meet_late(scene(1 - sender, stage));
    if (never || (more && may_have_sent)) note_unseen(1 - sender, true, seg.time, stage);
    const bool by_one = more && Seq{seg.ack} == to.nxt() + 1;
    if (by_one && !to.fin() && may_close(to.state())) guess_fin(1 - sender, seg, stage);
  }
  look_for_gap(seg, sender, stage);
  if (answers_syn_after_fin(seg, to)) note_unseen(1 - sender, true, seg.time, stage);
  // Of what it sent, either the FIN or this is another socket's.
  if (from.sends_beyond_fin(seg)) note_unseen(sender, true, seg.time, stage);
}

// What its sender sent before `seg`, which stands behind where it stood.
void Connection::look_for_gap(const Segment& seg, int sender, const Stage& stage) {
  Endpoint& from = ends_[sender];
  const bool beyond = from.has_nxt() && before(from.nxt(), Seq{seg.seq});
  if (seg.seg_len() > 0 || !beyond || !from.was_seen() || !may_close(from.state())) return;
  from.note_gap(seg, scene(sender, stage));
  // What a tap at the receiver's own interface does not see did not reach it.
  note_unseen(sender, !ends_[1 - sender].is_near(), seg.time, stage);
}

// What `seg` tells of something unseen before it: sent behind it, it says that that was no FIN; a
// FIN that ends where the gap did, that it was one; and who stands where it stood before has sent
// nothing: that acknowledgment was false.
void Connection::explain_unseen(const Segment& seg, int sender, const Stage& stage) {
  Endpoint& from = ends_[sender];
  const bool denies = from.denies_unseen(seg);
  const bool is_guessed = ends_[0].fin_is_guessed() || ends_[1].fin_is_guessed();
  if (!denies && !is_guessed && !from.may_have_sent_fin_unseen()) return;
  if (from.has_old_clock(seg)) return;
  for (int end = 0; end < 2; ++end) {
    if (is_no_fin(seg, sender, end, denies)) take_back_fin(end, stage);
  }
  if (denies) from.take_back_unseen();
  const bool goes_on =
      from.has_nxt() && seg.seg_len() > 0 && before(from.nxt(), Seq{seg.seq} + seg.seg_len());
  if (!from.may_have_sent_fin_unseen()) return;
  if (!goes_on && !denies && !from.sent_unseen(seg)) return;
  from.forget_unseen(true);
  ends_[1 - sender].forget_unseen(false);
}

// Some time since `end` was last heard, or before `now` where it never was; `arrived` when the
// other end may have it.
void Connection::note_unseen(int end, bool arrived, Timestamp now, const Stage& stage) {
  const Timestamp since = ends_[end].was_seen() ? ends_[end].heard() : now;
  ends_[end].note_unseen(since, true, scene(end, stage));
  if (arrived) ends_[1 - end].note_unseen(since, false, scene(1 - end, stage));
}

// Where an end is never seen, its FIN is also the one sign that it has everything from the other.
void Connection::guess_fin(int end, const Segment& seg, const Stage& stage) {
  const Sighting at{seg.time, seg.frame};
  if (!ends_[end].was_seen()) ends_[1 - end].guess_ack_of_fin(at, scene(1 - end, stage));
  ends_[end].guess_fin(at, scene(end, stage));
  both_fins_ = first_fin_ == 1 - end;
  if (first_fin_ < 0) first_fin_ = static_cast<std::int8_t>(end);
}

// Data where the FIN was thought to be, or beyond it.
bool Connection::is_no_fin(const Segment& seg, int sender, int end, bool denies) const {
  if (!ends_[end].fin_is_guessed()) return false;
  const Seq fin = *ends_[end].fin();
  if (sender != end) return seg.flags.ack() && before(fin + 1, Seq{seg.ack});
  return denies || (seg.payload_len > 0 && before(fin, Seq{seg.seq} + seg.payload_len));
}

void Connection::take_back_fin(int end, const Stage& stage) {
  const int other = both_fins_ ? 1 - end : -1;
  if (first_fin_ == end) first_fin_ = static_cast<std::int8_t>(other);
  both_fins_ = false;
  ends_[end].take_back_fin(true, scene(end, stage));
  ends_[1 - end].take_back_fin(false, scene(1 - end, stage));
}

}  // namespace tapstat::analysis::tcp
