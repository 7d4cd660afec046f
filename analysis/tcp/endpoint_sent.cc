// Endpoint: what a segment says about the end that sent it. Table "E sends" of docs/inference.md.
#include <algorithm>
#include <utility>

#include "analysis/tcp/endpoint.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {
namespace {

// How long after a window opened again what was queued behind it may go on coming.
constexpr Duration kFlushTime = 1s;

constexpr Duration kSlowestTick = 1s, kFastTick = 20ms;  // of a timestamp clock

[[nodiscard]] Sighting sighting(const Segment& seg) { return {seg.time, seg.frame}; }

// Its timestamp (RFC 7323). Of a reset it says nothing: it may answer for a socket long gone.
[[nodiscard]] std::optional<Seq> clock_of(const Segment& seg) {
  if (seg.flags.rst()) return std::nullopt;
  const auto stamps = decode::TcpOptions::of(seg).timestamps;
  return stamps ? std::optional{Seq{stamps->tsval}} : std::nullopt;
}

}  // namespace

// Keep-alives and window probes: at most a byte, below what was acknowledged already (RFC 9293
// sections 3.8.4 and 3.8.6.1). A byte that was not is data, sent again.
bool Endpoint::is_probe(const Segment& seg) const {
  return seg.payload_len <= 1 && !seg.flags.fin() && before(Seq{seg.seq}, has_una_ ? una_ : nxt_);
}

// On its way before the reset, and overtaken by it: nothing that was not sent by then.
bool Endpoint::is_behind_reset(const Segment& seg) const {
  const bool after_reset = sent_rst_ && has_no_socket(settled_);
  return after_reset && at_or_before(Seq{seg.seq} + seg.seg_len(), later(nxt_, reset_)) &&
         at_or_before(Seq{seg.ack}, acked_) && seg.time - settled_since_ <= crossing_time();
}

bool Endpoint::has_old_clock(const Segment& seg) const { return is_old(clock_of(seg), seg.time); }

// The clock of a moment that is past: the network kept the segment back, or made it twice (RFC 7323
// section 5.3 drops it for that). A clock may tick as slowly as once a second (section 5.4), unless
// it has been seen to tick faster.
bool Endpoint::is_old(std::optional<Seq> clock, Timestamp t) const {
  if (!has_clock_ || !clock) return false;
  const Duration slack = has_fast_clock_ ? 5 * kFastTick : kSlowestTick;
  return before(*clock, clock_) || (*clock == clock_ && t - clock_time_ > slack);
}

void Endpoint::note_clock(std::optional<Seq> clock, Timestamp t) {
  if (!clock || (has_clock_ && !before(clock_, *clock))) return;
  const auto ticks = has_clock_ ? distance(clock_, *clock) : 0;
  if (ticks > 0 && t - clock_time_ < ticks * kFastTick) has_fast_clock_ = true;
  has_clock_ = true;
  clock_ = *clock;
  clock_time_ = t;
}

// An old segment, with nothing that was not sent already.
bool Endpoint::is_late(const Segment& seg, std::optional<Seq> clock) const {
  if (!is_old(clock, seg.time)) return false;
  if (seg.flags.syn()) return iss_known_ && iss_ == Seq{seg.seq};
  return at_or_before(Seq{seg.seq} + seg.seg_len(), nxt_);
}

void Endpoint::note_syn_again(Seq clock, const Segment& seg, const Scene& scene) {
  const bool again = seg.flags.syn() && iss_known_ && iss_ == Seq{seg.seq};
  if (!again || !has_clock_) return;
  SentSyns& syns = incidents(scene).syns;
  if (syns.empty()) syns.add(clock_, {clock_time_, 0});
  syns.add(clock, sighting(seg));
}

std::optional<Sighting> Endpoint::syn_answered_by(const Segment& seg) const {
  if (incidents_ == nullptr || incidents_->syns.empty()) return std::nullopt;
  const auto stamps = decode::TcpOptions::of(seg).timestamps;
  return stamps ? incidents_->syns.find(Seq{stamps->tsecr}) : std::nullopt;
}

void Endpoint::sent(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  const std::optional<Seq> clock = clock_of(seg);
  const bool late = is_late(seg, clock) || (is_behind_reset(seg) && !seg.flags.rst());
  if (clock && !late) note_syn_again(*clock, seg, scene);
  note_clock(clock, seg.time);
  if (late) {
    if (!seg.flags.syn()) note_payload(seg, scene);
    return;
  }
  if (seg.payload_len > 0 || seg.flags.bits() == TcpFlags::kAck) note_repetition(seg, scene);
  seen_ = true;
  window_ = seg.window;
  prove_picked_up(peer, scene);
  const bool another_syn = seg.flags.syn() && !(iss_known_ && iss_ == Seq{seg.seq});
  if (!seg.flags.rst() && !another_syn) revive(scene);
  settle_receipts(seg, peer, scene);
  if (seg.flags.rst()) {
    sent_reset(seg, peer, scene);
  } else {
    if (seg.flags.syn()) {
      sent_syn(seg, peer, scene);
    } else {
      const bool new_data =
          seg.payload_len > 0 && (!has_nxt_ || before(nxt_, Seq{seg.seq} + seg.payload_len));
      note_payload(seg, scene);
      if (seg.flags.ack()) sent_ack(seg, peer, new_data, scene);
      if (seg.flags.fin()) sent_fin(seg, peer, scene);
    }
    heard_ = seg.time;
  }
  replay();
  tidy(scene);
}

// The ack arbiter: a receipt is proved by an acknowledgment that covers it, and refuted when the
// endpoint repeats what it would not have repeated had it received it.
void Endpoint::settle_receipts(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  if (unsettled_ == nullptr) return;
  unsettled_->receipts.keep_if([&](Receipt& r) {
    if (refutes(seg, r)) {
      // What it sends too soon after the segment passed the tap may have been on its way already:
      // then the segment reached it only after.
      if (seg.time - r.latest.time > crossing_time()) {
        if (!r.is_repeated() && unsettled_->refuted < UINT8_MAX) ++unsettled_->refuted;
        if (r.event == Event::rcv_ack_of_syn && peer.bytes_ > 0) {
          ignored_acks_ =
              static_cast<std::uint8_t>(std::min(ignored_acks_ + r.sendings, UINT8_MAX));
        }
        return false;
      }
      r.first = {std::max(r.latest.time, seg.time), r.latest.frame};
      r.latest.time = r.first.time;
      return true;
    }
    const bool proved = r.event == Event::rcv_rst
                            ? seg.flags.rst() || is_of_another_socket(seg)
                            : seg.flags.ack() && at_or_before(r.end_of_any, Seq{seg.ack}) &&
                                  (!seg.flags.rst() || goes_on(seg));
    if (!proved) return true;
    prove(r, seg, peer, scene);
    return false;
  });
}

// Where it stands. Who has sent nothing stands nowhere: the number 0 of a RST that refuses a SYN is
// nobody's (RFC 9293 section 3.10.7.1).
bool Endpoint::goes_on(const Segment& seg) const { return has_nxt_ && Seq{seg.seq} == nxt_; }

bool Endpoint::refutes(const Segment& seg, const Receipt& r) const {
  switch (r.event) {
    case Event::rcv_syn_ack:
      return seg.flags.syn();
    case Event::rcv_ack_of_syn:
      return seg.flags.syn() && seg.flags.ack();
    case Event::rcv_ack_of_fin:
      return seg.flags.fin() && has_fin_ && before(Seq{seg.seq}, fin_ + 1);
    case Event::rcv_fin:
      return seg.flags.ack() && !seg.flags.rst() && before(Seq{seg.ack}, r.end);
    case Event::rcv_rst:
      return !seg.flags.rst() && !is_of_another_socket(seg);
    default:
      return false;
  }
}

// By closing. Only a socket that took data with the SYN may close before its handshake is done.
void Endpoint::finish_handshake(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  if (!fast_open_) return prove_if_assumed(Event::rcv_ack_of_syn, seg, peer, scene);
  const Receipt* const ack =
      unsettled_ == nullptr ? nullptr : unsettled_->receipts.find(Event::rcv_ack_of_syn);
  if (ack != nullptr) settle(ack->event, ack->first, false, scene);
}

// This FIN is one that went unseen before: sent by the time the gap showed, and before the peer's,
// which that acknowledged.
void Endpoint::date_fin_back(const Scene& scene) {
  Sighting at = std::exchange(incidents_->gap, std::nullopt)->at;
  const bool took_fin = settled_ == State::close_wait;
  if (!took_fin && settled_ != State::established) return;
  Sighting fin_of_peer{settled_since_, 0};
  if (took_fin) {
    if (scene.journal != nullptr) {
      fin_of_peer.frame = scene.journal->last(scene.connection, scene.end)->frame;
      scene.journal->take_back(scene.connection, scene.end);
    }
    at.time = std::min(at.time, fin_of_peer.time);
    settled_ = State::established;
    stepped_ = Timestamp::min();
  }
  settle(Event::snd_fin, at, true, scene);
  if (took_fin) settle(Event::rcv_fin, fin_of_peer, true, scene);
}

// A SYN-ACK with another number, or elsewhere than where the old socket stood.
bool Endpoint::is_of_another_socket(const Segment& seg) const {
  if (!seg.flags.syn() || !seg.flags.ack()) return false;
  if (iss_known_) return iss_ != Seq{seg.seq};
  if (!has_nxt_) return false;
  // A late copy of its own is as near as what it has sent since.
  constexpr std::uint32_t kNear = 1u << 22;
  return apart(nxt_, Seq{seg.seq} + 1) > (succeeds_ ? 0 : kNear);
}

void Endpoint::prove_if_assumed(Event event, const Segment& seg, const Endpoint& peer,
                                const Scene& scene) {
  if (unsettled_ == nullptr) return;
  unsettled_->receipts.keep_if([&](const Receipt& r) {
    if (r.event != event) return true;
    prove(r, seg, peer, scene);
    return false;
  });
}

// Which of several sendings arrived first is told by a D-SACK (RFC 2883: it names what came twice),
// by the time (an answer cannot come sooner than the way there and back), or not at all.
void Endpoint::prove(const Receipt& r, const Segment& seg, const Endpoint& peer,
                     const Scene& scene) {
  if (r.event == Event::rcv_ack_of_syn) {
    // Data or a later ACK may have done what the third segment of the handshake did not: it was
    // lost, or the server waits for data (TCP_DEFER_ACCEPT).
    constexpr Duration kShort = 100ms;
    const bool told_apart = r.latest.time - r.first.time <= kShort;
    settle(r.event, r.first, told_apart, scene);
    if (!told_apart && settled_ == State::established) {
      step(settled_, Event::confirmed, r.latest, true, scene);
    }
    return;
  }
  // What came last carried the same acknowledgment, and has arrived; nothing tells of the others.
  if (r.event == Event::rcv_ack_of_fin && before(Seq{seg.ack}, r.end)) {
    settle(r.event, r.first, false, scene);
    if (!settled_sure_) step(settled_, Event::confirmed, r.latest, true, scene);
    return;
  }
  // Met in the middle of its handshake, it may have had an earlier SYN-ACK already.
  const bool met_late = settled_ == State::unknown && r.event == Event::rcv_syn_ack;
  if (!met_late && prove_by_timestamp(r, seg, peer, scene)) return;
  if (!r.is_repeated() || r.sendings == 1) return settle(r.event, r.first, !met_late, scene);
  const decode::TcpOptions options = decode::TcpOptions::of(seg);
  const bool twice =
      options.sack.size() > 0 && at_or_before(Seq{options.sack[0].second}, Seq{seg.ack});
  const bool too_soon = response_ && seg.time - r.latest.time < *response_ / 2;
  if (twice || too_soon) return settle(r.event, r.first, true, scene);
  // A bare ACK right after the last sending is the answer to it, and would say so if that was not
  // the first to arrive; but not from TIME_WAIT, where it is once its own FIN is acknowledged too
  // (Linux tcp_timewait_state_process).
  const bool answers = seg.seg_len() == 0 && seg.time - r.latest.time <= crossing_time();
  const bool own_fin_taken = has_fin_ && has_una_ && before(fin_, una_);
  const bool told =
      offer_.sack && peer.offer_.sack && r.event == Event::rcv_fin && answers && !own_fin_taken;
  const bool was_unknown = settled_ == State::unknown;
  told ? settle(r.event, r.latest, true, scene) : settle_late(r, r.latest, !met_late, scene);
  if (r.event == Event::rcv_syn && was_unknown) incidents(scene).earlier_syn = r.first;
}

// Of several SYNs, or SYN-ACKs, the one that is answered.
bool Endpoint::prove_by_timestamp(const Receipt& r, const Segment& seg, const Endpoint& peer,
                                  const Scene& scene) {
  if (r.event != Event::rcv_syn && r.event != Event::rcv_syn_ack) return false;
  const auto answered = peer.syn_answered_by(seg);
  if (!answered) return false;
  if (answered->time <= r.first.time) {
    settle(r.event, r.first, true, scene);
  } else {
    settle_late(r, *answered, true, scene);
  }
  return true;
}

// A later sending than the first. That none before it came is not sure: not even where a timestamp
// names it, since a stack may repeat that of the latest that it has (FreeBSD syncache_add()).
void Endpoint::settle_late(const Receipt& r, Sighting at, bool sure, const Scene& scene) {
  question(r.first.time, scene);
  settle(Event::no_answer, r.first, false, scene);
  settle(r.event, at, sure, scene);
}

// Two SYN-ACKs in less time than a SYN-ACK takes to be sent again answer two SYNs, and the first of
// them one that came before the last.
void Endpoint::date_syn_back(const Segment& seg, const Scene& scene) {
  const bool again_so_soon = seg.time - heard_ < Resending::kFirstWait / 2;
  const bool may_have = incidents_ != nullptr && incidents_->earlier_syn;
  if (!may_have || !again_so_soon || settled_ != State::syn_received) return;
  if (scene.journal != nullptr) {
    scene.journal->take_back(scene.connection, scene.end);  // received SYN
    scene.journal->take_back(scene.connection, scene.end);  // no answer
  }
  const Sighting at = *std::exchange(incidents_->earlier_syn, std::nullopt);
  settled_ = State::unknown;
  stepped_ = Timestamp::min();
  settle(Event::rcv_syn, at, true, scene);
}

// Nothing follows a FIN that was acknowledged.
bool Endpoint::is_beyond_fin(Seq end) const {
  return has_fin_ && has_una_ && before(fin_, una_) && before(fin_, end);
}

bool Endpoint::sends_beyond_fin(const Segment& seg) const {
  const bool takes_room = seg.payload_len > 0 || seg.flags.fin();
  return takes_room && !seg.flags.syn() && !is_probe(seg) &&
         is_beyond_fin(Seq{seg.seq} + seg.payload_len);
}

void Endpoint::note_payload(const Segment& seg, const Scene& scene) {
  const Seq first{seg.seq};
  const Seq end = first + seg.payload_len;
  if (!has_nxt_) {
    has_nxt_ = true;
    nxt_ = edge_ = first;
  }
  if (far_apart(nxt_, first)) return;
  if (is_beyond_fin(end)) return;
  if (before(edge_, end)) {
    const bool has_islands = unsettled_ != nullptr && !unsettled_->islands.empty();
    const bool in_order = at_or_before(first, edge_);
    if (in_order && !has_islands) {
      bytes_ += static_cast<std::uint32_t>(distance(edge_, end));
      advance_edge(end);
    } else if (seg.payload_len > 0) {
      bytes_ += unsettled(scene).islands.add(later(first, edge_), end);
      advance_edge(edge_);
    }
  } else {
    fill_hole(first, end);
  }
  nxt_ = later(nxt_, end);
}

// The acknowledgment came past the tap before what it acknowledges did.
void Endpoint::fill_hole(Seq first, Seq end) {
  if (incidents_ == nullptr || !incidents_->hole || first == end) return;
  Incidents::Hole& hole = *incidents_->hole;
  if (before(first, hole.first) || before(hole.end, end)) return;
  const auto filled = std::min<std::uint64_t>(missed_, end.value() - first.value());
  missed_ -= filled;
  bytes_ += filled;
  // Of what is left on both sides the part behind it is forgotten.
  (first == hole.first ? hole.first : hole.end) = first == hole.first ? end : first;
}

// Data that was sent before, or a probe.
void Endpoint::note_repetition(const Segment& seg, const Scene& scene) {
  if (!has_nxt_ || far_apart(nxt_, Seq{seg.seq})) return;
  const Seq end = Seq{seg.seq} + seg.payload_len;
  if (seg.payload_len > 0 && !before(nxt_, end)) note_resending(seg, end, scene);
  if (seg.payload_len == 0 && is_probe(seg)) note_resending(seg, nxt_, scene);
}

// Something up to `end` is sent once more.
void Endpoint::note_resending(const Segment& seg, Seq end, const Scene& scene) {
  Resending& resending = unsettled(scene).resending;
  probing_ = is_probe(seg);
  if (resending.times() == 0) {
    resending.begin(end, seg.time);
  } else {
    resending.again(seg.time);
  }
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

// A reset is an abort, from a socket that ends with it, or the answer of a host that has no socket.
void Endpoint::sent_reset(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  // Note 2 of RFC 9293 section 3.10.7.3: an unacceptable ACK is answered by <SEQ=SEG.ACK><CTL=RST>
  // and the opener stays as it is. The one ACK it would have accepted is of its own SYN.
  const bool opening = settled_ == State::syn_sent || settled_ == State::syn_received;
  if (opening && !seg.flags.ack() && Seq{seg.seq} != nxt_) return;
  sent_rst_ = true;
  reset_ = Seq{seg.seq};
  constexpr int kFewProbes = 3;
  keep_alive_failed_ = probing_ && resending() != nullptr && resending()->times() >= kFewProbes;
  const Sighting at = sighting(seg);
  if (has_no_socket(state_)) {  // known already, or assumed: now proved
    settle_all(scene);
    if (!settled_sure_) step(settled_, Event::snd_rst, at, true, scene);
    return;
  }
  const bool aborts = seg.flags.ack() && goes_on(seg);
  if (unsettled_ != nullptr) {
    unsettled_->receipts.keep_if([&](Receipt& r) {
      const bool counts = aborts || r.event == Event::rcv_ack_of_fin || r.event == Event::rcv_rst;
      if (counts) settle(r.event, r.shown(), r.certain, scene);
      return false;
    });
  }
  // It answers like one without a socket: that was gone some time after it was last heard.
  if (!aborts && peer.seen_ && seg.time - heard_ > crossing_time()) doubt(heard_, scene);
  // From a host nobody heard of it may as well be forged, unless it answers a SYN.
  settle(Event::snd_rst, at, settled_ != State::unknown || peer.iss_known_, scene);
}

void Endpoint::sent_syn(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  const Seq seq{seg.seq};
  const bool again = iss_known_ && iss_ == seq;
  if (!again) {
    if (is_of_another_socket(seg)) start_anew(sighting(seg), scene);
    iss_ = seq;
    iss_known_ = has_nxt_ = true;
    has_fin_ = false;
    nxt_ = edge_ = seq + 1;
    if (unsettled_ != nullptr) unsettled_->islands.clear();
    note_offer(seg);
    unsettled(scene).resending.begin(nxt_, seg.time);
    probing_ = false;
  } else if (settled_ == State::syn_sent || settled_ == State::syn_received) {
    unsettled(scene).resending.again(seg.time);
    date_syn_back(seg, scene);
  }
  if (seg.payload_len > 0) {  // RFC 7413
    sent_data_with_syn_ = true;
    Segment data = seg;
    data.seq += 1;
    note_payload(data, scene);
  }
  if (seg.flags.ack()) {
    acked_ = has_acked_ ? later(acked_, Seq{seg.ack}) : Seq{seg.ack};
    has_acked_ = true;
    // RFC 7413 section 4.2.1: data in the SYN that the SYN-ACK acknowledges was taken, on a socket
    // that may send before the handshake is done.
    fast_open_ = peer.iss_known_ && before(peer.iss_ + 1, Seq{seg.ack});
  }
  const Event event = seg.flags.ack() ? Event::snd_syn_ack : Event::snd_syn;
  settle(event, sighting(seg), true, scene);
}

// The old socket is gone, if nothing has shown that yet.
void Endpoint::start_anew(Sighting at, const Scene& scene) {
  settle_all(scene);
  if (!reopened_) settle(Event::superseded, at, true, scene);
  reopened_ = false;
  if (incidents_ != nullptr) incidents_->syns = {};
  unsettled(scene).clear();
  has_acked_ = has_una_ = half_closed_ = picked_up_ = was_picked_up_ = had_fin_before_ = false;
}

void Endpoint::sent_ack(const Segment& seg, const Endpoint& peer, bool new_data,
                        const Scene& scene) {
  const Seq ack{seg.ack};
  const Sighting at = sighting(seg);
  const bool more = has_acked_ && before(acked_, ack);
  const bool news = !has_acked_ || more;
  if (news) acked_ = ack;
  has_acked_ = true;
  if (offer_.window_shift && peer.offer_.window_shift) offered_.set_shift(*offer_.window_shift);
  offered_.offer(ack, seg.window);

  if (settled_ == State::unknown) pick_up_mid_stream(at, scene);
  if (settled_ == State::syn_sent) settle(Event::snd_ack, at, true, scene);
  if (settled_ == State::syn_received && !fast_open_) {
    // The SYN-ACK went unseen (RFC 7413 section 4.2.1).
    fast_open_ = !iss_known_ && peer.sent_data_with_syn_ && before(peer.iss_ + 1, ack);
  }
  if (settled_ == State::syn_received && !fast_open_) {
    // A bare ACK of the SYN alone may be a challenge ACK, which SYN_RECV sends too.
    if (new_data) {
      prove_if_assumed(Event::rcv_ack_of_syn, seg, peer, scene);
      settle(Event::snd_data, at, true, scene);
    } else if (more || (news && peer.iss_known_ && before(peer.iss_ + 1, ack))) {
      settle(Event::rcv_ack_of_syn, at, true, scene);
    }
  }
  const bool covers_fin = peer.has_fin_ && at_or_before(peer.fin_ + 1, ack);
  if (covers_fin) settle(Event::rcv_fin, at, true, scene);
  if (settled_ == State::fin_wait_2 && news && !covers_fin) half_closed_ = true;

  sent_data_ = sent_data_ || new_data;
  prove_picked_up(peer, scene);
}

void Endpoint::sent_fin(const Segment& seg, const Endpoint& peer, const Scene& scene) {
  // Without an ACK it is no FIN of a connection but a probe (RFC 9293 section 3.10.7.4, fifth).
  if (!seg.flags.ack()) return;
  const Seq fin = Seq{seg.seq} + seg.payload_len;
  // One beyond where the data ends now was no FIN of this stream: nobody could acknowledge it.
  const bool moves = has_fin_ && before(fin, fin_) && !(has_una_ && before(fin_, una_));
  if ((!has_fin_ && at_or_before(nxt_, fin + 1)) || moves) {
    has_fin_ = true;
    fin_ = fin;
    nxt_ = moves ? fin + 1 : later(nxt_, fin + 1);
    if (edge_ == fin) edge_ = fin + 1;
    unsettled(scene).resending.begin(fin + 1, seg.time);
    probing_ = false;
  } else if (has_fin_ && fin == fin_ && seg.payload_len == 0) {
    note_resending(seg, fin + 1, scene);
  }
  if (!has_fin_ || fin != fin_) return;
  waiting_since_ = seg.time;
  if (settled_ == State::syn_received) finish_handshake(seg, peer, scene);
  if (sent_unseen(seg)) date_fin_back(scene);
  // What stands behind a closed window goes out when it opens, a FIN with it. When that was queued
  // nothing on the wire tells.
  const auto stall = incidents_ == nullptr ? std::nullopt : incidents_->stall;
  const bool flushed = stall && (!stall->until || seg.time - *stall->until <= kFlushTime);
  if (flushed) question(stall->since, scene);
  settle(Event::snd_fin, sighting(seg), true, scene);
}

}  // namespace tapstat::analysis::tcp
