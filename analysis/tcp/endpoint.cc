#include "analysis/tcp/endpoint.h"

#include <algorithm>
#include <utility>

#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {
namespace {

// Sequence numbers farther apart than the largest window there is (RFC 7323 section 2.2: 2^30) have
// nothing to do with each other: another incarnation's segment, or a forged one.
constexpr std::int32_t kLargestWindow = 1 << 30;

[[nodiscard]] bool far_apart(Seq a, Seq b) {
  const std::int32_t d = distance(a, b);
  return d > kLargestWindow || d < -kLargestWindow;
}

[[nodiscard]] Seq end_of(const Segment& seg) { return Seq{seg.seq} + seg.seg_len(); }

// The acknowledgment by which the receiver shows that it holds `seg`. A segment without length is
// not acknowledged itself; but whoever acknowledges the next byte has seen a later segment, and
// with it at least as high an acknowledgment.
[[nodiscard]] Seq proof_of_receipt(const Segment& seg) {
  return end_of(seg) + (seg.seg_len() == 0 ? 1u : 0u);
}

// Whoever misses the ACK of its FIN sends the FIN again, so that silence says it came. Of the ACK
// of a SYN-ACK it says nothing: a server that defers accepting, or has answered with a SYN cookie,
// is silent either way.
[[nodiscard]] bool settled_by_silence(Event e) { return e == Event::rcv_ack_of_fin; }

[[nodiscard]] Timestamp due(const Receipt& r) {
  return r.time + (r.event == Event::rcv_syn ? kSynAnswerWait : kSilenceConfirms);
}

}  // namespace

void Endpoint::sent(const Segment& seg, const Endpoint& peer, UnsettledPool& pool) {
  seen_ = true;
  window_ = seg.window;
  if (!seg.flags.rst() && !seg.flags.syn()) revive();
  settle_receipts(seg);
  if (seg.flags.rst()) {
    sent_reset(seg);
  } else if (seg.flags.syn()) {
    sent_syn(seg, pool);
  } else {
    const bool new_data =
        seg.payload_len > 0 && (!has_nxt_ || before(nxt_, Seq{seg.seq} + seg.payload_len));
    note_payload(seg, pool);
    if (seg.flags.ack()) sent_ack(seg, peer, new_data);
    if (seg.flags.fin()) sent_fin(seg);
  }
  replay(seg.time);
  tidy(pool);
}

// A receipt is proved by an acknowledgment that covers it, and refuted when the endpoint repeats
// what it would not have repeated had it received it.
void Endpoint::settle_receipts(const Segment& seg) {
  if (unsettled_ == nullptr) return;
  auto& receipts = unsettled_->receipts;
  const int count = std::exchange(unsettled_->count, 0);
  for (int i = 0; i < count; ++i) {
    const Receipt r = receipts[static_cast<std::size_t>(i)];
    if (refutes(seg, r)) continue;
    const bool proved = r.event == Event::rcv_rst
                            ? seg.flags.rst()
                            : seg.flags.ack() && at_or_before(r.end, Seq{seg.ack});
    if (proved) {
      settle(r.event);
    } else {
      receipts[static_cast<std::size_t>(unsettled_->count++)] = r;
    }
  }
}

// What it sends too soon after the receipt may have been on its way already; that refutes nothing.
bool Endpoint::refutes(const Segment& seg, const Receipt& r) {
  if (seg.time - r.time <= kCrossingTime) return false;
  switch (r.event) {
    case Event::rcv_syn_ack:
      return seg.flags.syn() && !seg.flags.ack();
    case Event::rcv_ack_of_syn:
      return seg.flags.syn() && seg.flags.ack();
    case Event::rcv_ack_of_fin:
      return seg.flags.fin();
    case Event::rcv_fin:
      return seg.flags.ack() && !seg.flags.rst() && before(Seq{seg.ack}, r.end);
    case Event::rcv_rst:
      return !seg.flags.rst();
    default:
      return false;
  }
}

void Endpoint::note_payload(const Segment& seg, UnsettledPool& pool) {
  const Seq first{seg.seq};
  const Seq end = first + seg.payload_len;
  if (!has_nxt_) {
    has_nxt_ = true;
    nxt_ = edge_ = first;
  }
  if (far_apart(nxt_, first)) return;
  if (before(edge_, end)) {
    const bool has_islands = unsettled_ != nullptr && !unsettled_->islands.empty();
    const bool in_order = at_or_before(first, edge_);
    if (in_order && !has_islands) {
      bytes_ += static_cast<std::uint32_t>(distance(edge_, end));
      advance_edge(end);
    } else if (seg.payload_len > 0) {
      if (unsettled_ == nullptr) unsettled_ = pool.take();
      bytes_ += unsettled_->islands.add(later(first, edge_), end);
      advance_edge(edge_);
    }
  }
  nxt_ = later(nxt_, end);
}

void Endpoint::advance_edge(Seq edge) {
  edge_ = unsettled_ == nullptr ? edge : unsettled_->islands.absorb(edge);
  if (has_fin_ && edge_ == fin_) edge_ = fin_ + 1;
}

void Endpoint::note_offer(const Segment& seg) {
  const decode::TcpOptions options = decode::TcpOptions::of(seg);
  offer_ = {.mss = options.mss,
            .window_shift = options.wscale,
            .sack = options.sack_permitted,
            .timestamps = options.timestamps.has_value()};
}

void Endpoint::sent_reset(const Segment& seg) {
  // Note 2 of RFC 9293 section 3.10.7.3: an unacceptable ACK is answered by <SEQ=SEG.ACK><CTL=RST>
  // and the opener stays as it is. The one ACK it would have accepted is of its own SYN.
  const bool opening = settled_ == State::syn_sent || settled_ == State::syn_received;
  if (opening && !seg.flags.ack() && Seq{seg.seq} != nxt_) return;
  sent_rst_ = true;
  forget_receipts();
  settle(Event::snd_rst);
}

void Endpoint::sent_syn(const Segment& seg, UnsettledPool& pool) {
  const Seq seq{seg.seq};
  const bool again = iss_known_ && iss_ == seq;
  if (!again) {
    iss_ = seq;
    iss_known_ = has_nxt_ = true;
    has_fin_ = false;
    nxt_ = edge_ = seq + 1;
    if (unsettled_ != nullptr) unsettled_->islands = {};
    note_offer(seg);
  }
  if (seg.payload_len > 0) {  // RFC 7413
    Segment data = seg;
    data.seq += 1;
    note_payload(data, pool);
  }
  if (seg.flags.ack()) {
    acked_ = has_acked_ ? later(acked_, Seq{seg.ack}) : Seq{seg.ack};
    has_acked_ = true;
  }
  settle(seg.flags.ack() ? Event::snd_syn_ack : Event::snd_syn);
}

void Endpoint::sent_ack(const Segment& seg, const Endpoint& peer, bool new_data) {
  const Seq ack{seg.ack};
  const bool news = !has_acked_ || before(acked_, ack);
  if (news) acked_ = ack;
  has_acked_ = true;

  if (settled_ == State::unknown) pick_up_mid_stream(seg.time);
  if (settled_ == State::syn_sent) settle(Event::snd_ack);
  if (settled_ == State::syn_received) {
    // A bare ACK of the SYN alone may be a challenge ACK, which SYN_RECV sends too.
    if (new_data)
      settle(Event::snd_data);
    else if (peer.iss_known_ && before(peer.iss_ + 1, ack))
      settle(Event::rcv_ack_of_syn);
  }
  const bool covers_fin = peer.has_fin_ && at_or_before(peer.fin_ + 1, ack);
  if (covers_fin) settle(Event::rcv_fin);
  if (settled_ == State::fin_wait_2 && news && !covers_fin) half_closed_ = true;

  sent_data_ = sent_data_ || new_data;
  if (sent_data_ && peer.sent_data_) picked_up_ = false;
}

void Endpoint::sent_fin(const Segment& seg) {
  // Without an ACK it is no FIN of a connection but a probe (RFC 9293 section 3.10.7.4, fifth).
  if (!seg.flags.ack()) return;
  const Seq fin = Seq{seg.seq} + seg.payload_len;
  if (!has_fin_ && at_or_before(nxt_, fin + 1)) {
    has_fin_ = true;
    fin_ = fin;
    nxt_ = later(nxt_, fin + 1);
    if (edge_ == fin) edge_ = fin + 1;
  }
  if (!has_fin_ || fin != fin_) return;
  waiting_since_ = seg.time;  // every sending of it starts the wait for its ACK anew
  settle(Event::snd_fin);
}

void Endpoint::received(const Segment& seg, const Endpoint& peer, UnsettledPool& pool) {
  if (seg.flags.rst()) {
    check_reset(seg, peer, pool);
  } else {
    if (seg.flags.syn()) check_syn(seg, peer, pool);
    if (seg.flags.ack()) check_ack(seg, pool);
    if (seg.flags.ack()) check_fin(seg, peer, pool);
    // RFC 9293 section 3.10.7.4, eighth: a retransmitted FIN restarts the 2 MSL timeout; Linux does
    // so for whatever carries an ACK.
    if (state_ == State::time_wait && seg.flags.ack() && !seg.flags.syn())
      waiting_since_ = seg.time;
  }
  tidy(pool);
}

// RFC 5961 section 3.2: only a RST at exactly RCV.NXT takes effect. RCV.NXT is known to lie between
// what the endpoint acknowledged and what the tap saw in order.
void Endpoint::check_reset(const Segment& seg, const Endpoint& peer, UnsettledPool& pool) {
  const Seq seq{seg.seq};
  bool accepted = false;
  switch (state_) {
    case State::syn_sent:
      accepted = seg.flags.ack() && before(iss_, Seq{seg.ack}) && at_or_before(Seq{seg.ack}, nxt_);
      break;
    case State::unknown:
      accepted = true;
      break;
    case State::close_wait:
    case State::closing:
    case State::last_ack:
      // Linux takes RCV.NXT - 1 too once the FIN is in (tcp_reset_check).
      accepted = peer.has_fin_ && seq == peer.fin_;
      [[fallthrough]];
    default:
      accepted = accepted || !has_acked_ || !peer.has_nxt_ ||
                 (at_or_before(acked_, seq) && at_or_before(seq, peer.edge_));
  }
  if (accepted) assume(Event::rcv_rst, seq, seg.time, pool);
}

void Endpoint::check_syn(const Segment& seg, const Endpoint& peer, UnsettledPool& pool) {
  const Seq proof = peer.iss_ + 1;
  if (seg.flags.ack()) {
    const Seq ack{seg.ack};
    const bool of_our_syn = before(iss_, ack) && at_or_before(ack, nxt_);
    if (state_ == State::unknown || (state_ == State::syn_sent && of_our_syn)) {
      assume(Event::rcv_syn_ack, proof, seg.time, pool);
    }
    return;
  }
  // MAY-2 of RFC 9293 section 3.10.7.4: TIME_WAIT gives way to a SYN beyond what it received.
  const bool refused =
      state_ == State::time_wait && has_acked_ && at_or_before(Seq{seg.seq}, acked_);
  if (!refused && !answer_missed_) assume(Event::rcv_syn, proof, seg.time, pool);
}

void Endpoint::check_ack(const Segment& seg, UnsettledPool& pool) {
  const Seq ack{seg.ack};
  const bool opening = state_ == State::syn_sent || state_ == State::syn_received;
  // RFC 9293 section 3.10.7.3 and .4: before the handshake is done an ACK of anything but our SYN
  // is answered by a RST and changes nothing.
  if (opening && iss_known_ && !(before(iss_, ack) && at_or_before(ack, nxt_))) return;

  if (!has_nxt_ || before(nxt_, ack)) {  // its own segments went unseen
    has_nxt_ = true;
    nxt_ = ack;
    advance_edge(ack);
  } else if (before(edge_, ack)) {
    advance_edge(ack);
  }
  una_ = has_una_ ? later(una_, ack) : ack;
  has_una_ = true;

  if (seg.flags.syn() && state_ != State::syn_received) return;
  if (state_ == State::unknown) pick_up_mid_stream(seg.time);
  assume(Event::rcv_ack_of_syn, proof_of_receipt(seg), seg.time, pool);
  if (has_fin_ && at_or_before(fin_ + 1, ack)) {
    assume(Event::rcv_ack_of_fin, proof_of_receipt(seg), seg.time, pool);
  }
}

void Endpoint::check_fin(const Segment& seg, const Endpoint& peer, UnsettledPool& pool) {
  const bool in_order = peer.has_fin_ && before(peer.fin_, peer.edge_);
  if (in_order) assume(Event::rcv_fin, peer.fin_ + 1, seg.time, pool);
}

// First met with data or an ACK: ESTABLISHED, or half closed before the capture began. Only data
// from both sides tells the two apart: neither has sent a FIN then.
void Endpoint::pick_up_mid_stream(Timestamp t) {
  settle(Event::snd_ack);
  picked_up_ = true;
  enter(settled_, t);
}

void Endpoint::settle(Event event) {
  const State to = next(settled_, event);
  if (to == settled_) return;
  if (has_no_socket(to)) gone_from_ = settled_;
  settled_ = to;
  timed_ = false;
}

void Endpoint::assume(Event event, Seq end, Timestamp t, UnsettledPool& pool) {
  const State to = next(state_, event);
  if (to == state_) {
    renew(event, t);
    return;
  }
  if (unsettled_ == nullptr) unsettled_ = pool.take();
  if (unsettled_->count == Unsettled::kMaxReceipts) return;
  unsettled_->receipts[static_cast<std::size_t>(unsettled_->count++)] = {event, end, t};
  enter(to, t);
}

// The same again: if the first was lost, this one may have come.
void Endpoint::renew(Event event, Timestamp t) {
  for (int i = 0; unsettled_ != nullptr && i < unsettled_->count; ++i) {
    Receipt& r = unsettled_->receipts[static_cast<std::size_t>(i)];
    if (r.event == event && settled_by_silence(event)) r.time = t;
  }
}

void Endpoint::enter(State s, Timestamp t) {
  if (s == state_) return;
  state_ = s;
  since_ = waiting_since_ = t;
}

void Endpoint::replay(Timestamp t) {
  State s = settled_;
  if (unsettled_ != nullptr) {
    auto& receipts = unsettled_->receipts;
    const int count = std::exchange(unsettled_->count, 0);
    for (int i = 0; i < count; ++i) {
      const Receipt r = receipts[static_cast<std::size_t>(i)];
      const State to = next(s, r.event);
      if (to == s) continue;  // overtaken by what is certain
      s = to;
      receipts[static_cast<std::size_t>(unsettled_->count++)] = r;
    }
  }
  enter(s, t);
}

// A host without a socket answers with RST and nothing else, so this one still has its socket: the
// reset was not its own (a middlebox, an injection), or the timer was too short for it.
void Endpoint::revive() {
  if (!has_no_socket(settled_) || gone_from_ == State::unknown) return;
  settled_ = gone_from_;
  timed_ = sent_rst_ = false;
}

void Endpoint::forget_receipts() {
  if (unsettled_ != nullptr) unsettled_->count = 0;
}

std::optional<Timestamp> Endpoint::deadline() const {
  std::optional<Timestamp> first;
  const auto keep_first = [&](Timestamp t) { first = first ? std::min(*first, t) : t; };
  if (const auto life = lifetime(state_); life && !(state_ == State::fin_wait_2 && half_closed_)) {
    keep_first(waiting_since_ + *life);
  }
  bool all_before_settled = true;
  for (int i = 0; unsettled_ != nullptr && i < unsettled_->count; ++i) {
    const Receipt& r = unsettled_->receipts[static_cast<std::size_t>(i)];
    all_before_settled = all_before_settled && settled_by_silence(r.event);
    if (r.event == Event::rcv_syn || all_before_settled) keep_first(due(r));
  }
  return first;
}

void Endpoint::expire(Timestamp now, UnsettledPool& pool) {
  expire_receipts(now);
  const auto life = lifetime(state_);
  if (life && waiting_since_ + *life <= now && !(state_ == State::fin_wait_2 && half_closed_)) {
    gone_from_ = state_;
    settled_ = next(state_, Event::expired);
    timed_ = true;
    forget_receipts();
    enter(settled_, waiting_since_ + *life);
  }
  tidy(pool);
}

void Endpoint::expire_receipts(Timestamp now) {
  if (unsettled_ == nullptr) return;
  auto& receipts = unsettled_->receipts;
  const int count = std::exchange(unsettled_->count, 0);
  bool all_before_settled = true;
  for (int i = 0; i < count; ++i) {
    const Receipt r = receipts[static_cast<std::size_t>(i)];
    const bool is_due = due(r) <= now;
    if (r.event == Event::rcv_syn && is_due) {
      answer_missed_ = true;
    } else if (settled_by_silence(r.event) && all_before_settled && is_due) {
      settle(r.event);
    } else {
      receipts[static_cast<std::size_t>(unsettled_->count++)] = r;
      all_before_settled = false;
    }
  }
  replay(now);
}

void Endpoint::supersede(Timestamp now, UnsettledPool& pool) {
  forget_receipts();
  if (unsettled_ != nullptr) unsettled_->islands = {};
  timed_ = timed_ || settled_ != State::closed;
  settled_ = State::closed;
  enter(State::closed, now);
  tidy(pool);
}

Endpoint Endpoint::successor_of(const Endpoint& old) {
  Endpoint e;
  if (!is_synchronized(old.state_)) return e;
  e = old;
  e.unsettled_ = nullptr;
  e.edge_ = e.nxt_;
  e.settled_ = e.state_;
  e.bytes_ = 0;
  e.seen_ = false;
  return e;
}

void Endpoint::tidy(UnsettledPool& pool) {
  if (unsettled_ != nullptr && unsettled_->count == 0 && unsettled_->islands.empty()) {
    pool.give_back(unsettled_);
    unsettled_ = nullptr;
  }
  ordinary_ = settled_ == State::established && state_ == State::established &&
              unsettled_ == nullptr && edge_ == nxt_ && has_nxt_ && has_acked_ && has_una_;
}

}  // namespace tapstat::analysis::tcp
