// Endpoint: how its state follows from what is settled and what is assumed, and what time does.
#include "analysis/tcp/endpoint.h"

#include <algorithm>
#include <utility>

namespace tapstat::analysis::tcp {
namespace {

// How long the receiver of a SYN may take to answer before its state is said to be unknown (RFC
// 6298 section 2: the sender itself waits 1 s).
constexpr Duration kSynAnswerWait = 1s;

// What a host sent this soon after a segment passed the tap may have been sent before that segment
// reached it, where the round trip is not known. Shorter than the shortest retransmission timeout
// there is (Linux TCP_RTO_MIN, 200 ms).
constexpr Duration kCrossingTime = 150ms;
constexpr Duration kJitter = 10ms;

// Whoever misses the ACK of its FIN sends the FIN again, soon at first: so much silence says that
// the ACK came, even where some of those sendings were lost before the tap.
constexpr Duration kSilenceConfirms = 15s;

constexpr Timestamp kNever = Timestamp::max();

}  // namespace

std::optional<Timestamp> Endpoint::since() const {
  Timestamp since = settled_since_;
  State s = settled_;
  for (int i = 0; unsettled_ != nullptr && i < unsettled_->receipts.size(); ++i) {
    const Receipt& r = unsettled_->receipts.begin()[i];
    if (r.is_doubtful() || next(s, r.event) == s) continue;
    s = next(s, r.event);
    since = std::max(since, r.shown().time);
  }
  return since == Timestamp::min() ? std::nullopt : std::optional{since};
}

bool Endpoint::sure() const {
  if (state_ == State::unknown || picked_up_) return false;
  State s = settled_;
  bool sure = settled_sure_;
  for (int i = 0; unsettled_ != nullptr && i < unsettled_->receipts.size(); ++i) {
    const Receipt& r = unsettled_->receipts.begin()[i];
    if (r.is_doubtful()) sure = false;
    if (r.is_doubtful() || next(s, r.event) == s) continue;
    s = next(s, r.event);
    sure = r.certain;
  }
  return sure;
}

// First met with data or an ACK: ESTABLISHED, or half closed before the capture began. Only data
// from both sides tells the two apart: neither has sent a FIN then.
void Endpoint::pick_up_mid_stream(Sighting at, const Scene& scene) {
  picked_up_ = was_picked_up_ = true;
  settle(Event::snd_ack, at, true, scene);
  replay();
}

void Endpoint::prove_picked_up(const Endpoint& peer, const Scene& scene) {
  if (!was_picked_up_ || (picked_up_ && !(sent_data_ && peer.sent_data_))) return;
  picked_up_ = was_picked_up_ = false;
  if (scene.journal != nullptr) scene.journal->vouch(scene.connection, scene.end);
}

void Endpoint::settle(Event event, Sighting at, bool sure, const Scene& scene) {
  const State to = next(settled_, event);
  if (to == settled_) return;
  if (event == Event::rcv_syn) {
    reopened_ = has_no_socket(settled_) || settled_ == State::time_wait;
  }
  if (has_no_socket(to)) {
    was_gone_ = true;
    gone_from_ = settled_;
    gone_from_since_ = settled_since_;
  }
  step(to, event, at, sure, scene);
}

// Whether a receipt that nothing has proved may have led from `s` to another state by `t`.
bool Endpoint::may_be_further(State s, Event cause, Timestamp t) const {
  if (unsettled_ == nullptr) return false;
  return std::any_of(unsettled_->receipts.begin(), unsettled_->receipts.end(),
                     [&](const Receipt& r) {
                       return r.event != cause && r.is_repeated() && !r.certain &&
                              r.first.time <= t && next(s, r.event) != s;
                     });
}

void Endpoint::step(State to, Event cause, Sighting at, bool sure, const Scene& scene) {
  at.time = std::max(at.time, stepped_);
  if (scene.journal != nullptr) {  // what was taken back may lie before what was not
    const Step* const last = scene.journal->last(scene.connection, scene.end);
    if (last != nullptr) at.time = std::max(at.time, last->time);
  }
  sure = sure && !unseen_ && !peer_unseen_ && !may_be_further(to, cause, at.time);
  if (scene.journal != nullptr) {
    scene.journal->append(scene.connection, scene.end,
                          {.time = at.time,
                           .from = settled_,
                           .to = to,
                           .cause = cause,
                           .sure = sure && !was_picked_up_,
                           .frame = at.frame});
  }
  if (to != settled_) {
    cause_ = cause;
    settled_since_ = at.time;
    waiting_since_ = at.time;
  }
  stepped_ = at.time;
  settled_ = to;
  settled_sure_ = sure;
  doubted_ = cause == Event::silence && !sure;
}

// From `since` on the state is what it was as far as anyone knows, and no longer sure.
void Endpoint::question(Timestamp since, const Scene& scene) {
  const bool has_socket = settled_ != State::unknown && !has_no_socket(settled_);
  if (has_socket && settled_sure_) step(settled_, Event::silence, {since, 0}, false, scene);
}

void Endpoint::doubt(Timestamp since, const Scene& scene) {
  if (unsettled_ != nullptr) {
    unsettled_->receipts.keep_if([&](const Receipt& r) {
      if (!r.is_doubtful()) {
        const bool earlier = r.shown().time <= since;
        if (earlier) settle(r.event, r.shown(), r.certain, scene);
        return !earlier;
      }
      if (r.event == Event::rcv_syn) settle(Event::no_answer, r.first, false, scene);
      return false;
    });
  }
  question(since, scene);
  replay();
}

void Endpoint::note_gap(const Segment& seg, const Scene& scene) {
  auto& gap = incidents(scene).gap;
  if (!gap) gap = Incidents::Gap{Seq{seg.seq}, {seg.time, seg.frame}};
}

void Endpoint::note_unseen(Timestamp since, bool own, const Scene& scene) {
  question(since, scene);
  if (own) unseen_ = true;
  if (!own) peer_unseen_ = true;
}

void Endpoint::meet_late(const Scene& scene) {
  settle(Event::snd_data, {heard_, 0}, false, scene);
  replay();
}

void Endpoint::answered_unseen(Sighting at, const Scene& scene) {
  if (unsettled_ == nullptr) return;
  unsettled_->receipts.keep_if([&](const Receipt& r) {
    const bool opens = r.event == Event::rcv_syn || r.event == Event::rcv_syn_ack;
    if (opens) settle(r.event, r.first, false, scene);
    return !opens;
  });
  if (settled_ == State::syn_sent) settle(Event::snd_ack, at, false, scene);
  replay();
}

void Endpoint::guess_fin(Sighting at, const Scene& scene) {
  if (!seen_) settle_all(scene);  // of such an end nothing will be proved
  Incidents& i = incidents(scene);
  i.fin_is_guessed = true;
  if (!i.unseen) i.unseen = Incidents::Unseen{nxt_, at.frame};
  has_fin_ = true;
  fin_ = nxt_;
  nxt_ = edge_ = fin_ + 1;
  settle(Event::snd_fin, at, false, scene);
  replay();
}

// Nobody is seen to acknowledge its FIN, and it does not send it again.
void Endpoint::guess_ack_of_fin(Sighting at, const Scene& scene) {
  settle(Event::rcv_ack_of_fin, at, false, scene);
  replay();
}

void Endpoint::take_back_fin(bool own, const Scene& scene) {
  if (own) {
    incidents_->fin_is_guessed = false;
    has_fin_ = false;
  }
  const auto without = own ? &without_own_fin : &without_peers_fin;
  settled_ = without(settled_);
  if (scene.journal != nullptr) {
    const Event fin = own ? Event::snd_fin : Event::rcv_fin;
    scene.journal->leave_out(scene.connection, scene.end, fin, without);
  }
  replay();
}

// It never sent what its peer acknowledged: whatever was in that segment was dropped with it (RFC
// 9293 section 3.10.7.4, fifth).
void Endpoint::take_back_unseen() {
  const auto unseen = *std::exchange(incidents_->unseen, std::nullopt);
  nxt_ = unseen.nxt;
  if (before(nxt_, edge_)) edge_ = nxt_;
  if (before(nxt_, una_)) una_ = nxt_;
  if (unsettled_ == nullptr) return;
  unsettled_->receipts.keep_if([&](const Receipt& r) { return r.first.frame != unseen.frame; });
  replay();
}

// A host without a socket answers with RST and nothing else, so this one still has its socket: the
// reset was not its own (a middlebox, an injection), or it was taken for gone too soon.
void Endpoint::revive(const Scene& scene) {
  const auto take_back = [&] {
    if (scene.journal != nullptr) scene.journal->take_back(scene.connection, scene.end);
  };
  if (has_no_socket(settled_) && was_gone_) {
    const bool was_confirmed =
        scene.journal != nullptr &&
        scene.journal->last(scene.connection, scene.end)->cause == Event::snd_rst &&
        scene.journal->last(scene.connection, scene.end)->from == settled_;
    if (was_confirmed) take_back();
    take_back();
    doubted_ = scene.journal != nullptr &&
               scene.journal->last(scene.connection, scene.end) != nullptr &&
               scene.journal->last(scene.connection, scene.end)->cause == Event::silence;
    settled_ = gone_from_;
    settled_since_ = stepped_ = gone_from_since_;
    settled_sure_ = true;
    sent_rst_ = false;
  }
  if (doubted_ && !unseen_ && !peer_unseen_) {
    take_back();
    stepped_ = settled_since_;
    settled_sure_ = true;
    doubted_ = false;
  }
}

void Endpoint::settle_all(const Scene& scene) {
  if (unsettled_ == nullptr) return;
  for (const Receipt& r : unsettled_->receipts) {
    if (r.is_doubtful()) {
      if (r.event == Event::rcv_syn) settle(Event::no_answer, r.first, false, scene);
      question(r.first.time, scene);
    } else {
      settle(r.event, r.shown(), r.certain, scene);
    }
  }
  unsettled_->receipts.clear();
}

void Endpoint::replay() {
  state_ = settled_;
  if (unsettled_ != nullptr && !unsettled_->receipts.empty()) replay_receipts();
}

void Endpoint::replay_receipts() {
  State s = settled_;
  Timestamp waiting = waiting_since_;
  unsettled_->receipts.keep_if([&](const Receipt& r) {
    if (r.is_doubtful()) {
      if (s == State::unknown) s = next(s, Event::no_answer);
      return true;
    }
    const State to = next(s, r.event);
    if (to == s) return false;  // overtaken by what is certain
    s = to;
    waiting = std::max(waiting, r.shown().time);
    return true;
  });
  state_ = s;
  waiting_since_ = waiting;
}

Timestamp Endpoint::end_of_wait(const Timers& timers) const {
  if (state_ == State::established || (state_ == State::fin_wait_2 && half_closed_)) return kNever;
  const auto wait = timers.of(state_);
  return wait ? waiting_since_ + *wait : kNever;
}

// It waits for an acknowledgment and would send again what is not acknowledged. Whether it would
// send data or a FIN again at all only a second sending tells: the ACK may have gone unseen.
bool Endpoint::gives_up() const {
  if (resending() == nullptr || probing_) return false;
  switch (settled_) {
    case State::syn_sent:
    case State::syn_received:
      return true;
    case State::established:
    case State::close_wait:
    case State::fin_wait_1:
    case State::closing:
    case State::last_ack:
      return resending()->times() > 1;
    default:
      return false;
  }
}

// It has sent its FIN once, and does not send it again: it has an acknowledgment that went unseen,
// or has given up.
bool Endpoint::owes_fin() const {
  const bool waits =
      settled_ == State::fin_wait_1 || settled_ == State::closing || settled_ == State::last_ack;
  return waits && settled_sure_ && resending() != nullptr && resending()->times() == 1;
}

// It has tried so often that, when it stops now, it may as well have given up as been answered.
bool Endpoint::is_at_last_try() const {
  constexpr int kSynAckRetries = 5;         // Linux tcp_synack_retries
  constexpr int kOrphanRetries = 8;         // tcp_orphan_retries 0 means 8
  constexpr Duration kLastSynAckGap = 15s;  // 1, 2, 4, 8 and 16 s: also where not all were seen
  if (unsettled_ == nullptr) return false;
  const Resending& resending = unsettled_->resending;
  if (settled_ != State::syn_received) return resending.times() > kOrphanRetries;
  return resending.times() > kSynAckRetries || resending.gap() > kLastSynAckGap;
}

Duration Endpoint::crossing_time() const {
  return response_ ? *response_ + *response_ / 2 + kJitter : kCrossingTime;
}

// When silence settles it, or makes it doubtful; never where it says nothing. Of the ACK of a
// SYN-ACK that was sent but once it says nothing: a server that defers accepting, or has answered
// with a SYN cookie, is silent either way.
Timestamp Endpoint::due(const Receipt& r) const {
  if (r.certain) return r.first.time + crossing_time();
  if (r.event == Event::rcv_syn && !r.overdue) return r.first.time + kSynAnswerWait;
  const bool first = &r == unsettled_->receipts.begin();
  if (!would_repeat(r) || !first || unsettled_->resending.is_open()) return kNever;
  const Duration patience = unsettled_->resending.patience();
  return r.first.time + (unsettled_->refuted > 1 ? patience : std::max(kSilenceConfirms, patience));
}

// Whether it would have sent something again by now, had it not received this.
bool Endpoint::would_repeat(const Receipt& r) const {
  const bool waits = settled_ == State::syn_sent || settled_ == State::syn_received ||
                     settled_ == State::fin_wait_1 || settled_ == State::closing ||
                     settled_ == State::last_ack || (has_una_ && before(una_, nxt_));
  return (r.event == Event::rcv_rst && waits) || r.event == Event::rcv_ack_of_fin ||
         (r.event == Event::rcv_ack_of_syn && unsettled_->refuted > 0);
}

Timestamp Endpoint::deadline(const Timers& timers) const {
  const Timestamp end = end_of_wait(timers);
  Timestamp first = end == kNever ? kNever : end + timers.coarseness / 2;
  if (unsettled_ == nullptr) return first;
  if (gives_up() || owes_fin()) first = std::min(first, unsettled_->resending.overdue());
  for (const Receipt& r : unsettled_->receipts) first = std::min(first, due(r));
  return first;
}

bool Endpoint::expire(Timestamp now, const Scene& scene) {
  expire_receipts(now, scene);
  bool gave_up = false;
  const Duration late = scene.timers.coarseness / 2;
  if (gives_up() && unsettled_->resending.overdue() <= now) {
    give_up(scene);
    gave_up = true;
  } else if (owes_fin() && unsettled_->resending.overdue() <= now) {
    doubt(unsettled_->resending.last(), scene);
  } else if (const Timestamp end = end_of_wait(scene.timers); end <= now - late) {
    settle_all(scene);
    doubt(end, scene);
    settle(Event::expired, {end + late, 0}, false, scene);
  }
  replay();
  tidy(scene);
  return gave_up;
}

void Endpoint::give_up(const Scene& scene) {
  const Resending resending = unsettled_->resending;
  settle_all(scene);
  // A SYN-ACK that is never sent again belongs to no socket: a SYN cookie (RFC 4987 section 3.6).
  const bool cookie = settled_ == State::syn_received && resending.times() == 1;
  doubt(resending.last(), scene);
  settle(Event::gave_up, {cookie ? resending.last() : resending.next(), 0}, false, scene);
  unsettled_->resending = {};
}

void Endpoint::expire_receipts(Timestamp now, const Scene& scene) {
  if (unsettled_ == nullptr) return;
  Receipts& receipts = unsettled_->receipts;
  for (bool settled = true; settled;) {
    settled = false;
    for (Receipt& r : receipts) {
      if (now < due(r)) continue;
      if (r.event == Event::rcv_syn) {
        r.overdue = true;
        continue;
      }
      const Receipt silent = r;
      // The handshake was done before it, at a time that is open.
      for (const Receipt* earlier = receipts.begin(); earlier != &r; ++earlier) {
        const bool opens = earlier->event == Event::rcv_ack_of_syn;
        if (opens) settle(earlier->event, earlier->first, false, scene);
      }
      receipts.keep_if([&](const Receipt& other) { return &other != &r; });
      settle(silent.event, silent.first, true, scene);
      settled = true;
      break;
    }
  }
}

void Endpoint::finish(const Endpoint& peer, Timestamp now, const Scene& scene) {
  prove_picked_up(peer, scene);
  if (gives_up() && unsettled_->resending.next() <= now) give_up(scene);
  if (unsettled_ != nullptr && !unsettled_->resending.is_open()) {
    const Duration patience = unsettled_->resending.patience();
    for (Receipt& r : unsettled_->receipts) {
      if (would_repeat(r) && now - r.first.time >= patience) r.certain = true;
    }
  }
  settle_all(scene);
  resolve(false, scene);
  replay();
  tidy(scene);
}

void Endpoint::supersede(Sighting at, const Scene& scene) {
  const Receipt* reset =
      unsettled_ == nullptr ? nullptr : unsettled_->receipts.find(Event::rcv_rst);
  incidents(scene).replaced = at;
  if (reset == nullptr || reset->certain) resolve(false, scene);
}

void Endpoint::resolve(bool was_there, const Scene& scene) {
  if (incidents_ == nullptr || !incidents_->replaced) return;
  if (unsettled_ != nullptr && was_there) unsettled_->receipts.clear();
  settle_all(scene);
  settle(Event::superseded, *std::exchange(incidents_->replaced, std::nullopt), true, scene);
  if (unsettled_ != nullptr) unsettled_->clear();
  replay();
  tidy(scene);
}

void Endpoint::succeed(const Endpoint& old, const Endpoint& old_peer, Sighting at,
                       const Scene& scene) {
  if (!is_synchronized(old.state_) && old.state_ != State::syn_received) return;
  *this = old;
  unsettled_ = nullptr;
  incidents_ = nullptr;
  if (old_peer.has_clock_) incidents(scene).recent = old_peer.clock_;
  edge_ = nxt_;
  settled_ = State::unknown;
  stepped_ = Timestamp::min();
  bytes_ = 0;
  seen_ = false;
  succeeds_ = true;
  step(old.state_, Event::superseded, at, old.sure(), scene);
  waiting_since_ = old.waiting_since_;
  state_ = settled_;
}

std::optional<std::uint32_t> Endpoint::send_queue(State s) const {
  if (s == State::unknown || has_no_socket(s) || !seen_) return std::nullopt;
  if (s == State::time_wait || (s == State::syn_received && !fast_open_)) return 0;
  if (!has_una_ && !iss_known_) return std::nullopt;
  // A socket that sends before its handshake is done has its SYN behind it (RFC 7413).
  const Seq from = has_una_ ? una_ : fast_open_ ? iss_ + 1 : iss_;
  const std::int32_t waiting = distance(from, nxt_);
  return waiting > 0 ? static_cast<std::uint32_t>(waiting) : 0;
}

std::optional<QueueBounds> Endpoint::receive_queue(State s, const Endpoint& peer) const {
  if (s == State::unknown || has_no_socket(s)) return std::nullopt;
  const bool is_request = s == State::syn_received && !fast_open_;
  if (s == State::time_wait || s == State::syn_sent || is_request) {
    return QueueBounds{.min = 0, .max = 0};
  }
  QueueBounds bounds;
  bounds.min = offered_.surely_unread(acked_);
  if (peer.iss_known_) bounds.max = peer.bytes_ + (peer.has_fin_ ? 1 : 0);
  if (const auto drained = offered_.drained()) {
    const std::int32_t since = distance(*drained, later(acked_, peer.edge_));
    bounds.max = since > 0 ? static_cast<std::uint32_t>(since) : 0;
  }
  return bounds;
}

Unsettled& Endpoint::unsettled(const Scene& scene) {
  if (unsettled_ == nullptr) unsettled_ = scene.pools.unsettled.take();
  return *unsettled_;
}

Incidents& Endpoint::incidents(const Scene& scene) {
  if (incidents_ == nullptr) incidents_ = scene.pools.incidents.take();
  return *incidents_;
}

void Endpoint::tidy(const Scene& scene) {
  if (unsettled_ != nullptr && unsettled_->is_empty()) {
    scene.pools.unsettled.give_back(unsettled_);
    unsettled_ = nullptr;
  }
  ordinary_ = settled_ == State::established && state_ == State::established &&
              unsettled_ == nullptr && edge_ == nxt_ && has_nxt_ && has_acked_ && has_una_ &&
              !doubted_;
}

}  // namespace tapstat::analysis::tcp
