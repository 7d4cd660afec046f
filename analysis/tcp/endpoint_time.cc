// Endpoint: what time does, and silence.
#include <algorithm>

#include "analysis/tcp/endpoint.h"

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
// Two segment lifetimes (RFC 9293 section 3.4.1): what takes longer is no answer, but a clock that
// was set.
constexpr Duration kLongestResponse = 240s;

// Whoever misses the ACK of its FIN sends the FIN again, soon at first: so much silence says that
// the ACK came, even where some of those sendings were lost before the tap.
constexpr Duration kSilenceConfirms = 15s;

constexpr Timestamp kNever = Timestamp::max();

}  // namespace

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
  const bool may_be_longer = incidents_ != nullptr && incidents_->longest_response;
  const auto response = may_be_longer ? incidents_->longest_response : response_;
  if (!response) return kCrossingTime;
  const Duration there_and_back = std::min(*response, kLongestResponse);
  return there_and_back + there_and_back / 2 + kJitter;
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

}  // namespace tapstat::analysis::tcp
