#include "analysis/tcp/connection_store.h"

#include <algorithm>
#include <iterator>
#include <new>
#include <span>

namespace tapstat::analysis::tcp {
namespace {

// Timers that are due by `now`, one after the other, as they would have come up.
void expire_by(Connection& c, Timestamp now, const Stage& stage) {
  for (Timestamp due = c.deadline(stage); due <= now; due = c.deadline(stage)) c.expire(due, stage);
}

}  // namespace

std::uint32_t ConnectionStore::append(const FlowTuple& tuple) {
  const std::uint32_t id = records_.take();
  FlowRecord& r = records_.renew(id);
  for (int i = 0; i < 2; ++i) {
    r.address[i] = tuple.address[i];
    r.port[i] = tuple.port[i];
  }
  r.is_v6 = tuple.is_v6;
  return id;
}

void ConnectionStore::begin(std::uint32_t id, const Segment& seg, int sender, std::uint16_t path,
                            std::uint8_t near) {
  FlowRecord& r = records_[id];
  r.stage = FlowRecord::Stage::asking;
  r.path[sender] = path;
  r.input = seg.input;
  r.client = static_cast<std::uint8_t>(sender);
  r.last = seg.time;
  r.wire_bytes[sender] = seg.wire_len;
  ::new (&r.alone) FlowRecord::Alone{Sightings::seen(seg, sender), SynNote::of(seg), near};
  if (r.is_v6) {
    r.detail = keys_.take();
    keys_[r.detail] = analysis::key_of(seg).key;
  }
}

void ConnectionStore::note_origin(FlowRecord& r) {
  const std::uint32_t index = origins_.take();
  origins_.renew(index, r);
  r.first_two[0] = Sightings::Seen{r.alone.seen};
  r.detail = index;
  r.stage = FlowRecord::Stage::opening;
}

Origin::Verdict ConnectionStore::take(std::uint32_t id, const Segment& seg, int sender,
                                      std::uint16_t path) {
  FlowRecord& r = records_[id];
  const bool is_first_answer = r.path[sender] == PathIds::kUnseen;
  if (r.input != seg.input || (r.path[sender] != path && !is_first_answer) ||
      path == PathIds::kMany) {
    return Origin::Verdict::strange;
  }
  if (r.stage == FlowRecord::Stage::asking) note_origin(r);
  Origin& origin = origins_[r.detail];
  const bool is_second = origin.count() == 1;
  const auto verdict = origin.take(seg, sender, r);
  if (verdict == Origin::Verdict::strange) return verdict;
  if (is_second) ::new (&r.first_two[1]) Sightings::Seen(Sightings::seen(seg, sender));
  r.path[sender] = path;
  r.last = seg.time;
  r.wire_bytes[sender] += seg.wire_len;
  if (verdict == Origin::Verdict::settled) r.stage = FlowRecord::Stage::at_rest;
  return verdict;
}

bool ConnectionStore::close(std::uint32_t id, const Segment& seg, int sender) {
  FlowRecord& r = records_[id];
  if (!r.has_room_for(seg.wire_len, sender)) return false;
  if (r.stage == FlowRecord::Stage::closing) {
    if (!closings_[r.detail].take(seg, sender, r)) return false;
  } else {
    const std::uint32_t index = closings_.take();
    Closing& closing = closings_[index];
    if (!closing.begin(seg, sender, r, origin(r))) {
      closings_.give_back(index);
      return false;
    }
    closing.origin = r.detail;
    r.detail = index;
    r.stage = FlowRecord::Stage::closing;
  }
  r.wire_bytes[sender] += seg.wire_len;
  return true;
}

Connection& ConnectionStore::add(std::uint32_t id) {
  FlowRecord& r = records_[id];
  r.stage = FlowRecord::Stage::full;
  r.connection = connections_.take();
  return connections_.renew(r.connection);
}

Connection& ConnectionStore::unfold(std::uint32_t id, Timestamp now, const Stage& stage) {
  FlowRecord& r = records_[id];
  if (r.stage == FlowRecord::Stage::full) return connections_[r.connection];
  if (r.connection == FlowRecord::kNone) {
    const std::uint32_t index = connections_.take();
    Connection& c = connections_.renew(index);
    unfold_into(c, id, stage);
    fold_out(r);
    expire_by(c, now, stage);
    r.connection = index;
    r.detail = FlowRecord::kNone;
  } else {
    connections_[r.connection].absorb(r);
  }
  r.stage = FlowRecord::Stage::full;
  return connections_[r.connection];
}

// What it was folded up in is no longer needed.
void ConnectionStore::fold_out(const FlowRecord& r) {
  if (r.stage == FlowRecord::Stage::asking) {
    if (r.is_v6) keys_.give_back(r.detail);
    return;
  }
  const bool closes = r.stage == FlowRecord::Stage::closing;
  const std::uint32_t from = closes ? closings_[r.detail].origin : r.detail;
  if (r.is_v6) keys_.give_back(origins_[from].key);
  origins_.give_back(from);
  if (closes) closings_.give_back(r.detail);
}

void ConnectionStore::rest(std::uint32_t id, std::uint16_t path, int sender) {
  FlowRecord& r = records_[id];
  if (r.path[sender] == PathIds::kUnseen) r.path[sender] = path;
  const bool has_paths = r.path[0] != PathIds::kUnseen && r.path[1] != PathIds::kUnseen;
  const bool are_told_apart = r.path[0] != PathIds::kMany && r.path[1] != PathIds::kMany;
  if (!has_paths || !are_told_apart) return;
  r.rest = {};
  if (connections_[r.connection].rest_in(r)) r.stage = FlowRecord::Stage::at_rest;
}

void ConnectionStore::remove(std::uint32_t id, const Stage& stage) {
  FlowRecord& r = records_[id];
  if (r.connection == FlowRecord::kNone) {
    fold_out(r);
  } else {
    connections_[r.connection].release(stage);
    connections_.give_back(r.connection);
  }
  r.stage = FlowRecord::Stage::vacant;
  r.connection = FlowRecord::kNone;
  records_.give_back(id);
}

std::size_t ConnectionStore::bytes() const {
  return records_.bytes() + origins_.bytes() + closings_.bytes() + connections_.bytes() +
         keys_.bytes();
}

Worth ConnectionStore::worth(std::uint32_t id) const {
  const FlowRecord& r = records_[id];
  switch (r.stage) {
    case FlowRecord::Stage::asking:
      return Worth::unanswered;
    case FlowRecord::Stage::opening:
      return origins_[r.detail].worth();
    case FlowRecord::Stage::closing:
      return closings_[r.detail].is_over() ? Worth::closed : Worth::open;
    case FlowRecord::Stage::full:
      return connections_[r.connection].worth();
    default:
      return Worth::open;
  }
}

bool ConnectionStore::is_over(std::uint32_t id) const {
  const FlowRecord& r = records_[id];
  if (r.stage == FlowRecord::Stage::closing) return closings_[r.detail].is_over();
  return r.stage == FlowRecord::Stage::full &&
         connections_[r.connection].closed_by() != ClosedBy::open;
}

Timestamp ConnectionStore::last(std::uint32_t id) const {
  const FlowRecord& r = records_[id];
  switch (r.stage) {
    case FlowRecord::Stage::closing:
      return closings_[r.detail].last();
    case FlowRecord::Stage::full:
      return connections_[r.connection].last();
    default:
      return r.last;
  }
}

Connection ConnectionStore::copy(std::uint32_t id, Timestamp now, const Stage& stage) const {
  const FlowRecord& r = records_[id];
  if (r.connection == FlowRecord::kNone) {
    Connection c;
    unfold_into(c, id, stage);
    expire_by(c, now, stage);
    return c;
  }
  Connection c = connections_[r.connection];
  if (r.stage == FlowRecord::Stage::at_rest) c.absorb(r);
  return c;
}

void ConnectionStore::unfold_into(Connection& c, std::uint32_t id, const Stage& stage) const {
  const FlowRecord& r = records_[id];
  const bool asks = r.stage == FlowRecord::Stage::asking;
  std::optional<Origin> asked;
  const Origin& began = asks ? asked.emplace(r) : origin(r);
  Stage again = stage;
  again.near = &began.near;
  const auto use = [&](const KeptSegment& kept) { replay(c, id, kept, again); };
  began.unfold(use);
  if (asks) return c.absorb_opening(r.wire_bytes, {&r.alone.seen, 1});
  if (r.stage == FlowRecord::Stage::opening) {
    const std::size_t kept = std::min<std::size_t>(began.count(), std::size(r.first_two));
    return c.absorb_opening(r.wire_bytes, std::span(r.first_two).first(kept));
  }
  c.absorb(r);
  if (r.stage == FlowRecord::Stage::closing) closings_[r.detail].unfold(r, use);
}

const Origin& ConnectionStore::origin(const FlowRecord& r) const {
  const bool closes = r.stage == FlowRecord::Stage::closing;
  return origins_[closes ? closings_[r.detail].origin : r.detail];
}

std::optional<PlainStates> ConnectionStore::plain(std::uint32_t id, Timestamp now,
                                                  const Timers& timers) const {
  const FlowRecord& r = records_[id];
  if (r.stage == FlowRecord::Stage::closing) {
    const auto states = closings_[r.detail].states_at(now, timers);
    return states ? std::optional{PlainStates{r.client, *states}} : std::nullopt;
  }
  if (r.stage != FlowRecord::Stage::at_rest || r.connection != FlowRecord::kNone) {
    return std::nullopt;
  }
  return PlainStates{r.client, {State::established, State::established}};
}

void ConnectionStore::replay(Connection& c, std::uint32_t id, const KeptSegment& kept,
                             const Stage& stage) const {
  const FlowRecord& r = records_[id];
  const Segment seg = kept.segment(paths_[r.path[kept.sender]], r.input);
  const bool is_first = c.traffic(0).packets + c.traffic(1).packets == 0;
  is_first ? c.open(key_of(id), id, seg, kept.sender) : expire_by(c, seg.time, stage);
  (void)c.take(seg, kept.sender, stage);
}

FlowKey ConnectionStore::key_of(std::uint32_t id) const {
  const FlowRecord& r = records_[id];
  if (!r.is_v6) return ipv4_key_of(r.address, r.port);
  return keys_[r.stage == FlowRecord::Stage::asking ? r.detail : origin(r).key];
}

void ConnectionStore::prefetch_rest(std::uint32_t id, bool closes) const {
  const FlowRecord& r = records_[id];
  if (r.stage == FlowRecord::Stage::at_rest && !closes) return;
  if (r.connection != FlowRecord::kNone) {
    if (r.stage == FlowRecord::Stage::full) connections_[r.connection].prefetch();
  } else if (r.stage == FlowRecord::Stage::closing) {
    closings_[r.detail].prefetch();
  } else if (r.stage != FlowRecord::Stage::asking) {
    origins_[r.detail].prefetch();
  }
}

void ConnectionStore::prefetch_plain(std::uint32_t id) const {
  const FlowRecord& r = records_[id];
  if (r.stage == FlowRecord::Stage::closing) closings_[r.detail].prefetch_states();
}

}  // namespace tapstat::analysis::tcp
