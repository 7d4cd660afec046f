// Endpoint: how its state follows from what is settled and what is assumed.
#include "analysis/tcp/endpoint.h"

#include <algorithm>
#include <utility>

#include "analysis/tcp/flow_record.h"

namespace tapstat::analysis::tcp {

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

std::vector<Step> Endpoint::guesses(Timestamp last) const {
  std::vector<Step> steps;
  State s = settled_;
  for (int i = 0; unsettled_ != nullptr && i < unsettled_->receipts.size(); ++i) {
    const Receipt& r = unsettled_->receipts.begin()[i];
    if (r.is_doubtful() && r.event != Event::rcv_syn) continue;
    const Event event = r.is_doubtful() ? Event::no_answer : r.event;
    const Sighting at = r.is_doubtful() ? r.first : r.shown();
    const State to = next(s, event);
    if (to == s) continue;
    last = std::max({last, stepped_, at.time});
    steps.push_back({.time = last,
                     .from = s,
                     .to = to,
                     .cause = event,
                     .sure = r.certain && !picked_up_ && !unseen_ && !peer_unseen_,
                     .frame = at.frame});
    s = to;
  }
  return steps;
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
  if (has_no_socket(to) && !has_no_socket(settled_)) {
    was_gone_ = true;
    gone_from_ = settled_;
    gone_from_since_ = settled_since_;
    gone_from_sure_ = settled_sure_;
    gone_from_doubted_ = doubted_;
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
  sure = sure && !unseen_ && !peer_unseen_ && !may_be_further(to, cause, at.time);
  const bool says_nothing = to == settled_ && sure == settled_sure_ && cause != Event::superseded;
  if (says_nothing) return;
  if (scene.journal != nullptr) enter(to, cause, at, sure && !was_picked_up_, scene);
  if (to != settled_) {
    if (incidents_ != nullptr) incidents_->earlier_syn.reset();
    cause_ = cause;
    settled_since_ = at.time;
    waiting_since_ = at.time;
  }
  stepped_ = at.time;
  settled_ = to;
  settled_sure_ = sure;
  doubted_ = cause == Event::silence && !sure;
}

// What was taken back may lie before what was not.
void Endpoint::enter(State to, Event cause, Sighting at, bool sure, const Scene& scene) const {
  const Step* const last = scene.journal->last(scene.connection, scene.end);
  scene.journal->append(scene.connection, scene.end,
                        {.time = last == nullptr ? at.time : std::max(at.time, last->time),
                         .from = settled_,
                         .to = to,
                         .cause = cause,
                         .sure = sure,
                         .frame = at.frame});
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

// A host without a socket answers with RST and nothing else, so this one still has its socket: the
// reset was not its own (a middlebox, an injection), or it was taken for gone too soon.
void Endpoint::revive(const Scene& scene) {
  if (has_no_socket(settled_) && was_gone_) take_back_end(scene);
  if (doubted_ && !unseen_ && !peer_unseen_) {
    if (scene.journal != nullptr) scene.journal->take_back(scene.connection, scene.end);
    stepped_ = settled_since_;
    settled_sure_ = true;
    doubted_ = false;
  }
}

// That it has no socket any more, with what was entered since: that this was confirmed, or that it
// no longer listens.
void Endpoint::take_back_end(const Scene& scene) {
  for (bool was_gone = scene.journal != nullptr; was_gone;) {
    const Step* const last = scene.journal->last(scene.connection, scene.end);
    was_gone = last != nullptr && has_no_socket(last->from);
    scene.journal->take_back(scene.connection, scene.end);
  }
  settled_ = gone_from_;
  settled_since_ = stepped_ = gone_from_since_;
  settled_sure_ = gone_from_sure_;
  doubted_ = gone_from_doubted_;
  sent_rst_ = false;
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

void Endpoint::release(Pools& pools) {
  release_unsettled(pools);
  if (incidents_ != nullptr) pools.incidents.give_back(std::exchange(incidents_, nullptr));
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
  release_unsettled(scene.pools);
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
  had_fin_before_ = without_peers_fin(old.state_) != old.state_;
  step(old.state_, Event::superseded, at, old.sure(), scene);
  waiting_since_ = old.waiting_since_;
  state_ = settled_;
}

// A TIME_WAIT socket is a mere timer, and before a handshake is done there is but a request.
bool Endpoint::has_no_queues(State s) const {
  return s == State::time_wait || (s == State::syn_received && !fast_open_);
}

std::optional<std::uint32_t> Endpoint::send_queue(State s) const {
  if (s == State::unknown || has_no_socket(s) || !seen_) return std::nullopt;
  if (has_no_queues(s)) return 0;
  if (!has_una_ && !iss_known_) return std::nullopt;
  // A socket that sends before its handshake is done has its SYN behind it (RFC 7413).
  const Seq from = has_una_ ? una_ : fast_open_ ? iss_ + 1 : iss_;
  const std::int32_t waiting = distance(from, nxt_);
  return waiting > 0 ? static_cast<std::uint32_t>(waiting) : 0;
}

std::optional<std::uint64_t> Endpoint::missed() const {
  if (!seen_) return std::nullopt;
  const bool one_is_fin = fin_is_guessed() && missed_ > 0;
  return one_is_fin ? missed_ - 1 : missed_;
}

std::optional<QueueBounds> Endpoint::receive_queue(State s, const Endpoint& peer) const {
  if (s == State::unknown || has_no_socket(s)) return std::nullopt;
  if (has_no_queues(s) || s == State::syn_sent) return QueueBounds{.min = 0, .max = 0};
  QueueBounds bounds;
  bounds.min = offered_.surely_unread(acked_);
  if (peer.iss_known_) bounds.max = peer.bytes_ + (peer.has_fin_ ? 1 : 0);
  if (const auto drained = offered_.drained()) {
    const std::int32_t since = distance(*drained, later(acked_, peer.edge_));
    bounds.max = since > 0 ? static_cast<std::uint32_t>(since) : 0;
  }
  return bounds;
}

bool Endpoint::rest_in(FlowRecord& record, int i) const {
  const auto wide = offered_.wide();
  if (!ordinary_ || !wide || window_ == 0 || !has_una_) return false;
  record.flight[i] = {nxt_, acked_};
  record.window[i] = window_;
  record.rest.offered[i] = *wide;
  record.rest.heard[i] = heard_;
  const auto bit = static_cast<std::uint8_t>(1u << i);
  record.sent_data = static_cast<std::uint8_t>((record.sent_data & ~bit) | (sent_data_ ? bit : 0));
  return true;
}

void Endpoint::absorb(const FlowRecord& record, int i) {
  bytes_ += static_cast<std::uint32_t>(distance(nxt_, record.flight[i].nxt));
  nxt_ = edge_ = record.flight[i].nxt;
  acked_ = record.flight[i].acked;
  window_ = record.window[i];
  offered_.take_over(record.rest.offered[i], window_);
  heard_ = record.rest.heard[i];
  sent_data_ = sent_data_ || (record.sent_data >> i & 1) != 0;
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
