// How connections leave: given up for lack of memory, or because they have ended.
#include <algorithm>
#include <chrono>

#include "analysis/tcp/tracker.h"
#include "analysis/zeek/tcp_sessions.h"

namespace tapstat::analysis::tcp {
namespace {

// What may still be said of a connection that has ended: where the last ACK was lost the other
// end's FIN comes again after a retransmission timeout, of a second at first (RFC 6298
// section 2.1), and is answered.
constexpr std::chrono::nanoseconds kLinger = std::chrono::seconds{2};

}  // namespace

std::size_t Tracker::bytes() const {
  std::size_t bytes = store_.bytes() + pools_.bytes() + sightings_.bytes() + index_.bytes();
  bytes += journal_.bytes() + analyses_store_.bytes() + timers_.bytes();
  if (sessions_ != nullptr) bytes += sessions_->bytes();
  bytes += store_.count() * (settings_.analysis ? sizeof(SequenceAnalysis) : 0);
  return bytes;
}

void Tracker::keep_within(std::size_t most) {
  if (bytes() <= most) return;
  // More than would do: looking for them takes a while.
  const std::size_t enough = most - most / 8;
  // Of those worth more no more than must be; a little, so that not each block looks at all of
  // them.
  const std::size_t tolerable = most - most / 64;
  for (const Worth worth : {Worth::unanswered, Worth::closed, Worth::half_open}) {
    if (bytes() > tolerable) give_up_some(worth, enough);
  }
  if (bytes() > tolerable) give_up_silent(most - most / 32);
  if (timers_.size() > 2 * std::size_t{store_.count()}) {
    timers_.drop_if(
        [this](std::uint32_t id, Timestamp deadline) { return !is_filed(id, deadline); });
  }
}

// Round and round, so that each is kept for about as long as any other of its kind.
void Tracker::give_up_some(Worth least, std::size_t most) {
  const std::uint32_t extent = store_.extent();
  for (std::uint32_t i = 0; i < extent && bytes() > most; ++i) {
    constexpr std::uint32_t kAhead = 8;
    hand_ = hand_ + 1 < extent ? hand_ + 1 : 0;
    if (hand_ + 2 * kAhead < extent) store_.prefetch(hand_ + 2 * kAhead);
    if (hand_ + kAhead < extent) index_.prefetch_erase(hash_of(hand_ + kAhead));
    if (store_.has(hand_) && store_.worth(hand_) == least) {
      forget(hand_);
      given_up_.push_back(hand_);
    }
  }
}

// Those from which nothing was heard for the longest time.
void Tracker::give_up_silent(std::size_t most) {
  std::vector<std::pair<Timestamp, std::uint32_t>> all;
  for (std::uint32_t id = 0; id < store_.extent(); ++id) {
    if (store_.has(id)) all.emplace_back(store_.last(id), id);
  }
  std::sort(all.begin(), all.end());
  for (const auto& [last, id] : all) {
    if (bytes() <= most) return;
    forget(id);
    given_up_.push_back(id);
  }
}

void Tracker::forget(std::uint32_t id) {
  unlink(id);
  if (settings_.analysis) analyses_[id].clear(analyses_store_);
  if (sessions_ != nullptr) sessions_->forget(id);
  journal_.forget(id);
  store_.remove(id, stage());
}

// From those of its five-tuple, one of which the index names, unless it has a successor there.
void Tracker::unlink(std::uint32_t id) {
  const FlowRecord& r = store_.record(id);
  const std::uint32_t hash = hash_of(id);
  // Nearly always it is the only one.
  if (r.sibling == FlowRecord::kNone && index_.erase(hash, id)) return;
  const std::uint32_t head =
      index_.find(hash, [&](std::uint32_t i) { return r.is_of(store_.record(i)); });
  for (std::uint32_t i = head; i != FlowRecord::kNone; i = store_.record(i).sibling) {
    FlowRecord& other = store_.record(i);
    if (other.sibling == id) other.sibling = r.sibling;
    if (store_.has_connection(i) && store_.connection(i).predecessor == id) {
      store_.connection(i).predecessor = Connection::kNone;
    }
  }
  if (head == id) index_.replace(hash, id, r.sibling);
}

// Files it, where it has ended, for the time when it will have lingered.
void Tracker::linger(std::uint32_t id) {
  if (!forgets_ended() || !store_.is_over(id)) return;
  timers_.file(id, store_.last(id) + kLinger, now_);
}

// Whether an entry of the wheel is still one of that connection: its index may be another's now,
// and an earlier deadline, or a later one, may have been filed since.
bool Tracker::is_filed(std::uint32_t id, Timestamp deadline) const {
  if (!store_.has(id)) return false;
  return (store_.has_connection(id) && store_.connection(id).filed == deadline) ||
         (forgets_ended() && store_.is_over(id) && store_.last(id) + kLinger == deadline);
}

// Whoever was heard of again since it was filed has been filed anew.
bool Tracker::has_lingered(std::uint32_t id, Timestamp until) const {
  return forgets_ended() && store_.is_over(id) && store_.last(id) + kLinger <= until;
}

const std::vector<std::uint32_t>& Tracker::ended() {
  std::sort(ended_.begin(), ended_.end());
  ended_.erase(std::unique(ended_.begin(), ended_.end()), ended_.end());
  std::erase_if(ended_, [this](std::uint32_t id) { return !has_lingered(id, now_); });
  find_timed_out();
  for (const std::uint32_t id : ended_) {
    if (store_.has_connection(id)) unfold(id).finish(now_, stage());
  }
  return ended_;
}

// Those whose handshake nobody went on with: while they are folded up they are in no wheel.
void Tracker::find_timed_out() {
  constexpr std::chrono::nanoseconds kEvery = std::chrono::seconds{16};
  if (!folds() || now_ < next_look_) return;
  next_look_ = now_ + kEvery;
  for (std::uint32_t id = 0; id < store_.extent(); ++id) {
    const auto stage = store_.record(id).stage;
    if (stage != FlowRecord::Stage::asking && stage != FlowRecord::Stage::opening) continue;
    // To look at one takes a while, and nobody has given up yet that was heard lately.
    if (now_ < store_.last(id) + kEvery) continue;
    if (connection(id).closed_by() != ClosedBy::open) ended_.push_back(id);
  }
}

void Tracker::forget_ended() {
  for (const std::uint32_t id : ended_) forget(id);
  ended_.clear();
}

}  // namespace tapstat::analysis::tcp
