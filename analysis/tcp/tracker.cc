#include "analysis/tcp/tracker.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "analysis/zeek/tcp_sessions.h"

namespace tapstat::analysis::tcp {

namespace {

using Stages = FlowRecord::Stage;

// What is folded up goes by the time of its segments, timers by the latest time of any. Later by no
// more than that, which is what Origin and Closing stay clear of timers, a segment finds no other
// timers due than if it had come in time.
constexpr Duration kDisorder = std::chrono::milliseconds{50};

// Bit i: what `holds` says of end i.
template <typename Holds>
[[nodiscard]] std::uint8_t bits_of(Holds&& holds) {
  return static_cast<std::uint8_t>((holds(0) ? 1u : 0u) | (holds(1) ? 2u : 0u));
}

}  // namespace

void Tracker::fetch_followed(std::uint32_t likely) const {
  if (settings_.analysis) analyses_[likely].prefetch();
  if (sessions_ != nullptr) sessions_->prefetch(likely);
}

void Tracker::fetch_parts(const Segment& seg, const Routed& routed, const Likely& likely) const {
  if (likely.record == nullptr) {
    fetch_hosts(seg, routed.tuple);
    return;
  }
  store_.prefetch_rest(likely.id, seg.flags.fin());
  if (likely.record->stage == Stages::opening && seg.payload_len == 0) {
    fetch_hosts(seg, routed.tuple);
  }
  if (settings_.analysis) analyses_[likely.id].prefetch_parts(analyses_store_);
}

// Where the tap is at is asked with the first segment, and when the handshake is done.
void Tracker::fetch_hosts(const Segment& seg, const FlowTuple& tuple) const {
  const FlowKey key = key_of(tuple, seg);
  for (const IpAddress& host : key.address) vantage_.prefetch(host);
}

void Tracker::take(const Segment& seg, const Routed& routed, const Likely& likely) {
  advance_to(routed.now);
  const Arrival arrival{seg, routed.tuple, routed.stride};
  if (likely.record != nullptr && moves(*likely.record, routed)) {
    return follow(likely.id, arrival);
  }
  const std::uint32_t head = find(arrival.tuple);
  // It may have come to be since it was looked for: how long that is ago must not matter.
  if (head != FlowRecord::kNone && head != likely.id && moves(store_.record(head), routed)) {
    return follow(head, arrival);
  }
  take_slowly(arrival, head);
}

void Tracker::take_slowly(const Arrival& arrival, std::uint32_t head) {
  if (folds() && now_ - arrival.seg.time <= kDisorder) {
    const bool is_first = head == FlowRecord::kNone;
    if (is_first && begins(arrival)) return begin(arrival);
    if (!is_first && stays_folded(arrival, head)) return follow(head, arrival);
  }
  const std::uint32_t id = find_or_open(arrival, head);
  const Segment& seg = arrival.seg;
  const int sender = arrival.sender();
  Connection& c = unfold(id);
  if (sessions_ != nullptr) sessions_->take(id, seg, sender);
  const bool is_new = c.take(seg, sender, stage());
  file(id);
  if (settings_.analysis) {
    if (is_new) {
      analyse(id, seg, sender);
    } else if (is_logged()) {
      remarks_.push_back({&seg, id, sender, {}});
    }
  }
  if (c.predecessor != Connection::kNone && unfold(c.predecessor).learn_from(c, stage())) {
    linger(c.predecessor);
    c.predecessor = Connection::kNone;
  }
  store_.rest(id, arrival.path(), sender);
}

// What the analyses make of a segment that changed nothing but numbers.
void Tracker::follow(std::uint32_t id, const Arrival& arrival) {
  if (settings_.analysis) analyse(id, arrival.seg, arrival.sender());
  if (sessions_ != nullptr) {
    sessions_->take(id, arrival.seg, arrival.sender());
  }
}

// Whether a connection whose first segment it is can be folded up.
bool Tracker::begins(const Arrival& arrival) {
  return (Origin::begins(arrival.seg) || Midstream::begins(arrival.seg)) &&
         arrival.path() != PathIds::kMany;
}

void Tracker::begin(const Arrival& arrival) {
  const std::uint32_t id = append(arrival);
  index_.insert(arrival.tuple.hash, id);
  const FlowKey key = key_of(arrival.tuple, arrival.seg);
  const std::uint8_t near = bits_of([&](int i) { return vantage_.is_at(key.address[i]); });
  store_.begin(id, arrival.seg, arrival.sender(), arrival.path(), near);
  follow(id, arrival);
}

// Whether the segment was taken without a Connection.
bool Tracker::stays_folded(const Arrival& arrival, std::uint32_t id) {
  const FlowRecord& r = store_.record(id);
  if (r.sibling != FlowRecord::kNone) return false;
  switch (r.stage) {
    case Stages::asking:
    case Stages::opening:
      return goes_on_opening(arrival, id);
    case Stages::joining:
      return store_.join(id, arrival.seg, arrival.sender(), arrival.path(), stage());
    case Stages::at_rest:
    case Stages::closing:
      return r.connection == FlowRecord::kNone && closes(arrival, id);
    default:
      return false;
  }
}

bool Tracker::goes_on_opening(const Arrival& arrival, std::uint32_t id) {
  const auto verdict = store_.take(id, arrival.seg, arrival.sender(), arrival.path());
  if (verdict == Origin::Verdict::strange) return false;
  if (verdict == Origin::Verdict::noted) {
    Origin& opening = store_.opening(id);
    constexpr int kHandshake = 3;
    if (opening.count() == kHandshake) {
      const FlowKey key = store_.key_of(id);
      const int client = opening.client();
      const Vantage::Handshake told{key.address[client], opening.client_response(),
                                    key.address[1 - client], opening.server_response(),
                                    arrival.seg.frame};
      vantage_.note(told);
      opening.near.at_handshake =
          bits_of([&](int i) { return vantage_.is_at(key.address[i], told); });
    }
  }
  return true;
}

bool Tracker::closes(const Arrival& arrival, std::uint32_t id) {
  const bool is_its = store_.record(id).came_along(arrival.stride, arrival.sender());
  if (!is_its || !store_.close(id, arrival.seg, arrival.sender())) return false;
  linger(id);
  return true;
}

void Tracker::analyse(std::uint32_t id, const Segment& seg, int sender) {
  const Appraisal appraisal = analyses_[id].take(seg, sender, analyses_store_);
  const bool is_event = settings_.events != nullptr && !appraisal.notes.empty();
  if (is_event || is_logged()) remarks_.push_back({&seg, id, sender, appraisal});
}

void Tracker::take_error(const decode::IcmpError& error, const Routed& routed) {
  advance_to(routed.now);
  const FlowTuple& tuple = routed.tuple;
  for (std::uint32_t i = find(tuple); i != FlowRecord::kNone; i = store_.record(i).sibling) {
    unfold(i).take_error(tuple.sender, error.quoted, error.type, error.code, stage());
    file(i);
  }
}

std::uint32_t Tracker::find(const FlowTuple& tuple) const {
  return index_.find(tuple.hash, [&](std::uint32_t i) { return store_.record(i).is_of(tuple); });
}

std::uint32_t Tracker::find_or_open(const Arrival& arrival, std::uint32_t head) {
  if (head == FlowRecord::kNone) {
    const std::uint32_t id = open(arrival);
    index_.insert(arrival.tuple.hash, id);
    return id;
  }
  std::uint32_t id = head;
  if (!unfold(head).saw_path(arrival.seg, arrival.sender())) [[unlikely]] {
    id = pick_sibling(head, arrival);
    if (id == FlowRecord::kNone) return open_sibling(head, arrival);
  }
  if (unfold(id).is_reopened_by(arrival.seg, arrival.sender())) [[unlikely]] {
    return reopen(head, id, arrival);
  }
  return id;
}

// The connection among those of one five-tuple that `arrival` belongs to; kNone when it is none of
// them.
std::uint32_t Tracker::pick_sibling(std::uint32_t head, const Arrival& arrival) {
  const Segment& seg = arrival.seg;
  const int sender = arrival.sender();
  std::uint32_t best = FlowRecord::kNone;
  int best_fit = 0;
  int siblings = 0;
  for (std::uint32_t i = head; i != FlowRecord::kNone; i = store_.record(i).sibling) {
    const Connection& c = unfold(i);
    if (c.saw_path(seg, sender)) return i;
    // Kernels number connections of the same five-tuple alike when they begin at about the same
    // time (RFC 6528), so that numbers that go on may go on in two; then the path of the other
    // direction decides.
    const int fit =
        (c.continues(seg, sender) ? 2 : 0) + (c.may_be_answered_by(seg, sender) ? 1 : 0);
    if (fit > best_fit) {
      best = i;
      best_fit = fit;
    }
    ++siblings;
  }
  return best == FlowRecord::kNone && siblings >= kMaxSiblings ? head : best;
}

std::uint32_t Tracker::open_sibling(std::uint32_t head, const Arrival& arrival) {
  const std::uint32_t id = open(arrival);
  store_.record(id).sibling = std::exchange(store_.record(head).sibling, id);
  return id;
}

std::uint32_t Tracker::open(const Arrival& arrival) {
  const std::uint32_t id = append(arrival);
  store_.add(id).open(key_of(arrival.tuple, arrival.seg), id, arrival.seg, arrival.sender());
  return id;
}

std::uint32_t Tracker::append(const Arrival& arrival) {
  const std::uint32_t id = store_.append(arrival.tuple);
  openings_.push_back({&arrival.seg, id});
  if (settings_.analysis && id == analyses_.size()) analyses_.append();
  return id;
}

std::uint32_t Tracker::reopen(std::uint32_t head, std::uint32_t old, const Arrival& arrival) {
  const std::uint32_t id = append(arrival);
  if (settings_.analysis) analyses_[id].follow_another();
  Connection& fresh = store_.add(id);
  fresh.open_after(unfold(old), id, arrival.seg, arrival.sender(), stage());
  fresh.predecessor = old;
  FlowRecord& r = store_.record(id);
  r.sibling = store_.record(old).sibling;
  for (int i = 0; i < 2; ++i) r.path[i] = store_.record(old).path[i];
  if (old == head) {
    index_.replace(arrival.tuple.hash, old, id);
  } else {
    std::uint32_t i = head;
    while (store_.record(i).sibling != old) i = store_.record(i).sibling;
    store_.record(i).sibling = id;
  }
  return id;
}

Connection& Tracker::unfold(std::uint32_t id) {
  const bool is_new = !store_.has_connection(id);
  touch(id);
  Connection& c = store_.unfold(id, now_, stage());
  if (is_new) file(id);
  return c;
}

void Tracker::file(std::uint32_t id) {
  linger(id);
  touch(id);
  Connection& c = store_.connection(id);
  const Timestamp deadline = c.deadline(stage());
  if (deadline >= c.filed) return;
  c.filed = deadline;
  timers_.file(id, deadline, now_);
}

// What is folded up stays so: connection() settles it as the end of the input does.
void Tracker::finish() {
  for (std::uint32_t id = 0; id < store_.extent(); ++id) {
    if (store_.has_connection(id)) unfold(id).finish(now_, stage());
  }
  is_finished_ = true;
}

Guesses::OfEnds Tracker::guesses(std::uint32_t id) const {
  Guesses::OfEnds all;
  if (is_finished_ || !store_.has(id) || !store_.has_connection(id)) return all;
  for (int end = 0; end < 2; ++end) {
    const Step* const last = journal_.last(id, end);
    const Timestamp begin = last == nullptr ? Timestamp::min() : last->time;
    auto& guesses = all[static_cast<std::size_t>(end)];
    for (const Step& step : store_.connection(id).end(end).guesses(begin)) {
      const StateLeft left = guesses.empty() ? journal_.left_at(id, end, step.time)
                                             : StateLeft{step.time - guesses.back().step.time,
                                                         guesses.back().step.sure};
      guesses.push_back({step, left});
    }
  }
  return all;
}

Connection Tracker::connection(std::uint32_t id) const {
  Connection c = store_.copy(id, now_, stage());
  if (store_.has_connection(id)) return c;
  c.finish(now_, stage());
  if (const auto known = plain(id)) {
    assert(c.client() == known->client);
    for (int i = 0; i < 2; ++i)
      assert(c.end(i).state() == known->states[static_cast<std::size_t>(i)]);
  }
  return c;
}

std::uint32_t Tracker::hash_of(std::uint32_t id) const {
  const FlowRecord& r = store_.record(id);
  return tcp::hash_of(r.address, r.port, r.is_v6, hash_);
}

void Tracker::expire() {
  timers_.advance_to(now_, [this](std::uint32_t id, Timestamp deadline) {
    if (!is_filed(id, deadline)) return;
    if (has_lingered(id, deadline)) ended_.push_back(id);
    if (!store_.has_connection(id) || store_.connection(id).filed != deadline) return;
    Connection& c = store_.connection(id);
    c.filed = Timestamp::max();
    c.expire(deadline, stage());
    file(id);
  });
}

}  // namespace tapstat::analysis::tcp
