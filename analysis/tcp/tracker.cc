#include "analysis/tcp/tracker.h"

#include <algorithm>
#include <utility>

#include "analysis/zeek/tcp_sessions.h"

namespace tapstat::analysis::tcp {

std::uint32_t Tracker::fetch_record(std::uint32_t hash, const Segment& seg) {
  replaced_ = false;
  // Any record of this hash will do: only once in billions of pairs is it another's.
  const std::uint32_t likely = index_.find(hash, [](std::uint32_t) { return true; });
  if (likely == Connection::kNone) return likely;
  const Connection& c = connections_[likely];
  constexpr std::uint8_t kOpensOrCloses =
      decode::TcpFlags::kSyn | decode::TcpFlags::kFin | decode::TcpFlags::kRst;
  seg.flags.has_any(kOpensOrCloses) ? c.prefetch_rest() : c.prefetch();
  if (settings_.analysis) analyses_[likely].prefetch();
  if (sessions_ != nullptr) sessions_->prefetch(likely);
  return likely;
}

void Tracker::take(const Segment& seg, const Routed& routed, std::uint32_t likely) {
  advance_to(routed.now);
  const DirectedKey& key = routed.key;
  if (likely != Connection::kNone && !replaced_) [[likely]] {
    Connection& c = connections_[likely];
    const bool is_its = c.key() == key.key && c.saw_path(seg, key.sender);
    if (is_its && c.take_in_stride(seg, key.sender)) {
      if (settings_.analysis) analyse(likely, seg, key.sender);
      if (sessions_ != nullptr) sessions_->take(likely, seg, key.sender);
      return;
    }
  }
  take_slowly(seg, key, routed.hash);
}

void Tracker::take_slowly(const Segment& seg, const DirectedKey& key, std::uint32_t hash) {
  const std::uint32_t id = find_or_open(seg, key, hash);
  Connection& c = connections_[id];
  if (sessions_ != nullptr) sessions_->take(id, seg, key.sender);
  const bool is_new = c.take(seg, key.sender, stage());
  file(id);
  if (settings_.analysis) {
    if (is_new) {
      analyse(id, seg, key.sender);
    } else if (settings_.log != nullptr) {
      remarks_.push_back({&seg, id, key.sender, {}});
    }
  }
  if (c.predecessor != Connection::kNone && connections_[c.predecessor].learn_from(c, stage())) {
    c.predecessor = Connection::kNone;
  }
}

void Tracker::analyse(std::uint32_t id, const Segment& seg, int sender) {
  const Appraisal appraisal = analyses_[id].take(seg, sender, store_);
  const bool is_event = settings_.events != nullptr && !appraisal.notes.empty();
  if (is_event || settings_.log != nullptr) remarks_.push_back({&seg, id, sender, appraisal});
}

void Tracker::take_error(const decode::IcmpError& error, const Routed& routed) {
  advance_to(routed.now);
  const DirectedKey& key = routed.key;
  const std::uint32_t head =
      index_.find(routed.hash, [&](std::uint32_t i) { return connections_[i].key() == key.key; });
  for (std::uint32_t i = head; i != FlowIndex::kNone; i = connections_[i].sibling) {
    connections_[i].take_error(key.sender, error.quoted, error.type, error.code, stage());
    file(i);
  }
}

std::uint32_t Tracker::find_or_open(const Segment& seg, const DirectedKey& key,
                                    std::uint32_t hash) {
  const std::uint32_t head =
      index_.find(hash, [&](std::uint32_t i) { return connections_[i].key() == key.key; });
  if (head == FlowIndex::kNone) {
    const std::uint32_t id = open(seg, key);
    index_.insert(hash, id);
    return id;
  }
  std::uint32_t id = head;
  if (!connections_[head].saw_path(seg, key.sender)) [[unlikely]] {
    id = pick_sibling(head, seg, key.sender);
    if (id == Connection::kNone) return open_sibling(head, seg, key);
  }
  if (connections_[id].is_reopened_by(seg, key.sender)) [[unlikely]] {
    return reopen(head, id, seg, key, hash);
  }
  return id;
}

// The connection among those of one five-tuple that `seg` belongs to; kNone when it is none of
// them.
std::uint32_t Tracker::pick_sibling(std::uint32_t head, const Segment& seg, int sender) const {
  std::uint32_t best = Connection::kNone;
  int best_fit = 0;
  int siblings = 0;
  for (std::uint32_t i = head; i != Connection::kNone; i = connections_[i].sibling) {
    const Connection& c = connections_[i];
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
  return best == Connection::kNone && siblings >= kMaxSiblings ? head : best;
}

std::uint32_t Tracker::open_sibling(std::uint32_t head, const Segment& seg,
                                    const DirectedKey& key) {
  const std::uint32_t id = open(seg, key);
  connections_[id].sibling = std::exchange(connections_[head].sibling, id);
  return id;
}

std::uint32_t Tracker::open(const Segment& seg, const DirectedKey& key) {
  const std::uint32_t id = connections_.size();
  append(seg).open(key.key, id, seg, key.sender);
  return id;
}

Connection& Tracker::append(const Segment& seg) {
  openings_.push_back(&seg);
  if (settings_.analysis) analyses_.append();
  return connections_.append();
}

std::uint32_t Tracker::reopen(std::uint32_t head, std::uint32_t old, const Segment& seg,
                              const DirectedKey& key, std::uint32_t hash) {
  const std::uint32_t id = connections_.size();
  Connection& fresh = append(seg);
  if (settings_.analysis) analyses_[id].follow_another();
  fresh.open_after(connections_[old], id, seg, key.sender, stage());
  fresh.sibling = connections_[old].sibling;
  fresh.predecessor = old;
  replaced_ = true;
  if (old == head) {
    index_.replace(hash, old, id);
  } else {
    std::uint32_t i = head;
    while (connections_[i].sibling != old) i = connections_[i].sibling;
    connections_[i].sibling = id;
  }
  return id;
}

void Tracker::file(std::uint32_t id) {
  Connection& c = connections_[id];
  const Timestamp deadline = c.deadline(stage());
  if (deadline >= c.filed) return;
  c.filed = deadline;
  timers_.file(id, deadline, now_);
}

void Tracker::finish() {
  for (std::uint32_t id = 0; id < connections_.size(); ++id) connections_[id].finish(now_, stage());
}

void Tracker::advance_to(Timestamp now) {
  if (now_ < now) now_ = now;
  timers_.advance_to(now_, [this](std::uint32_t id, Timestamp deadline) {
    Connection& c = connections_[id];
    if (c.filed != deadline) return;  // an earlier one was filed since
    c.filed = Timestamp::max();
    c.expire(deadline, stage());
    file(id);
  });
}

}  // namespace tapstat::analysis::tcp
