// Endpoint: what a segment does to the end that it was sent to, if it arrives. Table "E receives"
// of docs/inference.md, in the order of RFC 9293 section 3.10.7.4.
#include "analysis/tcp/endpoint.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {
namespace {

[[nodiscard]] Seq end_of(const Segment& seg) { return Seq{seg.seq} + seg.seg_len(); }

// The acknowledgment by which the receiver shows that it holds `seg`. A segment without length is
// not acknowledged itself; but whoever acknowledges the next byte has seen a later segment, and
// with it at least as high an acknowledgment.
[[nodiscard]] Seq proof_of_receipt(const Segment& seg) {
  return end_of(seg) + (seg.seg_len() == 0 ? 1u : 0u);
}

}  // namespace

void Endpoint::received(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  prove_picked_up(peer, scene);
  if (seg.flags.rst()) {
    check_reset(seg, peer, scene);
  } else {
    if (seg.flags.syn()) check_syn(seg, peer, scene);
    if (seg.flags.ack() && check_ack(seg, peer, scene)) check_fin(seg, peer, scene);
    check_window(seg, scene);
    // RFC 9293 section 3.10.7.4, eighth: a retransmitted FIN restarts the 2 MSL timeout; Linux does
    // so for whatever carries an ACK.
    if (state_ == State::time_wait && seg.flags.ack() && !seg.flags.syn()) {
      waiting_since_ = seg.time;
    }
  }
  tidy(scene);
}

// RFC 5961 section 3.2: only a RST at exactly RCV.NXT takes effect. RCV.NXT is known to lie between
// what the endpoint acknowledged and what the tap saw in order.
void Endpoint::check_reset(const Segment& seg, const Endpoint& peer, const Scene& scene) {
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
      accepted =
          accepted || !has_acked_ || !peer.has_nxt_ || seq == acked_ ||
          (at_or_before(acked_, seq) && at_or_before(seq, peer.edge_)) ||
          (offer_.sack && peer.offer_.sack && seq == peer.nxt_);  // the last SACK block's end
  }
  // An orphan takes any reset inside its window (Linux tcp_timewait_state_process); that it is one
  // nobody can see.
  constexpr std::int32_t kSmallestWindow = 1 << 16;
  const bool in_window = before(acked_, seq) && distance(acked_, seq) < kSmallestWindow;
  if (!accepted && state_ == State::fin_wait_2 && in_window) doubt(seg.time, scene);
  if (!accepted) return;
  assume(Event::rcv_rst, seq, seg, peer, scene);
  if (unsettled_ != nullptr) unsettled_->resending.answer();
}

void Endpoint::check_syn(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  const Seq proof = peer.iss_ + 1;
  if (seg.flags.ack()) {
    const Seq ack{seg.ack};
    const bool of_our_syn = before(iss_, ack) && at_or_before(ack, nxt_);
    if (state_ == State::unknown || (state_ == State::syn_sent && of_our_syn)) {
      assume(Event::rcv_syn_ack, proof, seg, peer, scene);
    }
    return;
  }
  if (state_ != State::time_wait || gives_way_to(seg)) {
    assume(Event::rcv_syn, proof, seg, peer, scene);
  }
}

// TIME_WAIT gives way to a SYN with a newer clock, or beyond what it received and with no older one
// (RFC 9293 section 3.10.7.4, MAY-2; RFC 6191; Linux tcp_timewait_state_process).
bool Endpoint::gives_way_to(const Segment& syn) const {
  const auto stamps = decode::TcpOptions::of(syn).timestamps;
  if (stamps && incidents_ != nullptr && incidents_->recent) {
    const Seq recent = *incidents_->recent;
    if (recent != Seq{stamps->tsval}) return before(recent, Seq{stamps->tsval});
  }
  return !has_acked_ || before(acked_, Seq{syn.seq});
}

// False where the segment is dropped for it.
bool Endpoint::check_ack(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  const Seq ack{seg.ack};
  const bool opening = state_ == State::syn_sent || state_ == State::syn_received;
  // RFC 9293 section 3.10.7.3 and .4: before the handshake is done an ACK of anything but our SYN
  // is answered by a RST and changes nothing.
  if (opening && iss_known_ && !(before(iss_, ack) && at_or_before(ack, nxt_))) return false;

  if (has_nxt_ && before(edge_, ack)) note_missed(seg, scene);
  if (!has_nxt_ || before(nxt_, ack)) {  // its own segments went unseen
    if (has_nxt_ && !incidents(scene).unseen) {
      incidents_->unseen = Incidents::Unseen{nxt_, seg.frame};
    }
    has_nxt_ = true;
    nxt_ = ack;
    advance_edge(ack);
  } else if (before(edge_, ack)) {
    advance_edge(ack);
  }
  una_ = has_una_ ? later(una_, ack) : ack;
  has_una_ = true;
  if (unsettled_ != nullptr && (probing_ || at_or_before(unsettled_->resending.end(), ack)) &&
      !is_at_last_try()) {
    unsettled_->resending.answer();
  }

  if (seg.flags.syn() && state_ != State::syn_received) return true;
  if (state_ == State::unknown) pick_up_mid_stream({seg.time, seg.frame}, scene);
  assume(Event::rcv_ack_of_syn, proof_of_receipt(seg), seg, peer, scene);
  if (has_fin_ && at_or_before(fin_ + 1, ack)) {
    assume(Event::rcv_ack_of_fin, proof_of_receipt(seg), seg, peer, scene);
  }
  return true;
}

// Its peer has all that it sent up to what `seg` acknowledges.
void Endpoint::note_missed(const Segment& seg, const Scene& scene) {
  const Seq ack{seg.ack};
  if (!seen_ || far_apart(edge_, ack)) return;
  const std::uint32_t seen = unsettled_ == nullptr ? 0 : unsettled_->islands.bytes_below(ack);
  const Seq end = has_fin_ && ack == fin_ + 1 ? fin_ : ack;
  const auto numbers = static_cast<std::uint32_t>(distance(edge_, end));
  if (!before(edge_, end) || numbers <= seen) return;
  missed_ += numbers - seen;
  Incidents& noted = incidents(scene);
  if (!noted.missed) noted.missed = {seg.time, seg.frame};
  if (seen > 0) return;
  const bool goes_on = noted.hole && noted.hole->end == edge_;
  noted.hole = Incidents::Hole{goes_on ? noted.hole->first : edge_, end};
}

void Endpoint::check_window(const Segment& seg, const Scene& scene) {
  const bool open = seg.window != 0;
  if (open && incidents_ == nullptr) return;
  auto& stall = incidents(scene).stall;
  if (!open && (!stall || stall->until)) {
    stall = Incidents::Stall{seg.time, std::nullopt};
  } else if (open && stall && !stall->until) {
    stall->until = seg.time;
  }
}

void Endpoint::check_fin(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  // What has no length fills no hole before a FIN.
  const bool in_order = seg.seg_len() > 0 && peer.has_fin_ && before(peer.fin_, peer.edge_);
  if (in_order) assume(Event::rcv_fin, peer.fin_ + 1, seg, peer, scene);
}

void Endpoint::assume(Event event, Seq end, const Segment& seg, const Endpoint& peer,
                      const Scene& scene) {
  Receipts* const receipts = unsettled_ == nullptr ? nullptr : &unsettled_->receipts;
  if (Receipt* r = receipts == nullptr ? nullptr : receipts->find(event)) {
    r->latest = {seg.time, seg.frame};
    if (before(end, r->end_of_any)) r->end_of_any = end;
    if (r->sendings < UINT8_MAX) ++r->sendings;
    replay();
    return;
  }
  if (next(state_, event) == state_) return;
  const Sighting at{seg.time, seg.frame};
  Receipt receipt{.event = event, .end = end, .end_of_any = end, .first = at, .latest = at};
  // At its own interface nothing is lost behind the tap. That a listener took a SYN, or the third
  // segment of a handshake, is not said by their arrival.
  receipt.certain = near_ && (event == Event::rcv_fin || event == Event::rcv_ack_of_fin ||
                              event == Event::rcv_rst);
  // Who has sent in vain for that long is not heard now either.
  const bool no_way_there =
      event == Event::rcv_rst && peer.resending() != nullptr && peer.resending()->times() > 1;
  const bool no_way_back = !receipt.is_repeated() && unsettled_ != nullptr &&
                           (unsettled_->refuted > 1 || is_at_last_try());
  receipt.overdue = !receipt.certain && (no_way_there || no_way_back);
  unsettled(scene).receipts.add(receipt);
  replay();
}

void Endpoint::received_error(Seq quoted, Sighting at, const Scene& scene) {
  if (!iss_known_ || quoted != iss_) return;
  if (unsettled_ != nullptr && settled_ == State::syn_sent) unsettled_->receipts.clear();
  settle(Event::rcv_error, at, near_, scene);
  replay();
  tidy(scene);
}

void Endpoint::not_delivered(Event event) {
  Receipt* const r = unsettled_ == nullptr ? nullptr : unsettled_->receipts.find(event);
  if (r == nullptr) return;
  r->overdue = true;
  replay();
}

}  // namespace tapstat::analysis::tcp
