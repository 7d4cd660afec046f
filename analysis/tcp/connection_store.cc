#include "analysis/tcp/connection_store.h"

#include <algorithm>
#include <iterator>
#include <new>
#include <span>
#include <utility>

namespace tapstat::analysis::tcp {
namespace {

// Timers that are due by `now`, one after the other, as they would have come up.
void expire_by(Connection& c, Timestamp now, const Stage& stage) {
  for (Timestamp due = c.deadline(stage); due <= now; due = c.deadline(stage)) c.expire(due, stage);
}

// Whether it may be one of those that are folded up: its sender's segments took no other way.
[[nodiscard]] bool may_come_along(const FlowRecord& r, const Segment& seg, int sender,
                                  std::uint16_t path) {
  const bool is_first = r.path[sender] == PathIds::kUnseen;
  return r.input == seg.input && (r.path[sender] == path || is_first) && path != PathIds::kMany;
}

}  // namespace

std::uint32_t ConnectionStore::append(const FlowTuple& tuple) {
  const std::uint32_t id = flows_.take();
  FlowRecord& r = flows_.renew(id).record;
  for (int i = 0; i < 2; ++i) {
    r.address[i] = tuple.address[i];
    r.port[i] = tuple.port[i];
  }
  r.is_v6 = tuple.is_v6;
  return id;
}

void ConnectionStore::begin(std::uint32_t id, const Segment& seg, int sender, std::uint16_t path,
                            std::uint8_t near) {
  Flow& flow = flows_[id];
  FlowRecord& r = flow.record;
  r.path[sender] = path;
  r.input = seg.input;
  r.last = seg.time;
  r.wire_bytes[sender] = seg.wire_len;
  std::uint32_t key = FlowRecord::kNone;
  if (r.is_v6) {
    key = keys_.take();
    keys_[key] = analysis::key_of(seg).key;
  }
  if (!seg.flags.syn()) return note_midstream(flow, seg, sender, near, key);
  r.stage = FlowRecord::Stage::asking;
  r.client = static_cast<std::uint8_t>(sender);
  r.detail = key;
  ::new (&r.alone) FlowRecord::Alone{Sightings::seen(seg, sender), SynNote::of(seg), near};
}

void ConnectionStore::note_midstream(Flow& flow, const Segment& seg, int sender, std::uint8_t near,
                                     std::uint32_t key) {
  FlowRecord& r = flow.record;
  std::construct_at(&flow.midstream, seg, sender, near)->key = key;
  r.stage = FlowRecord::Stage::joining;
  r.is_midstream = true;
  r.client = static_cast<std::uint8_t>(guess_client(r.port, sender));
  ::new (&r.first_two[0]) Sightings::Seen(Sightings::seen(seg, sender));
}

void ConnectionStore::note_origin(Flow& flow) {
  FlowRecord& r = flow.record;
  std::construct_at(&flow.origin, r);
  r.first_two[0] = Sightings::Seen{r.alone.seen};
  r.stage = FlowRecord::Stage::opening;
}

Origin::Verdict ConnectionStore::take(std::uint32_t id, const Segment& seg, int sender,
                                      std::uint16_t path) {
  Flow& flow = flows_[id];
  FlowRecord& r = flow.record;
  if (!may_come_along(r, seg, sender, path)) return Origin::Verdict::strange;
  if (r.stage == FlowRecord::Stage::asking) note_origin(flow);
  Origin& origin = flow.origin;
  const bool is_second = origin.count() == 1;
  const auto verdict = origin.take(seg, sender, r);
  if (verdict == Origin::Verdict::strange) return verdict;
  note_further(r, seg, sender, path, is_second);
  if (verdict == Origin::Verdict::settled) r.stage = FlowRecord::Stage::at_rest;
  return verdict;
}

bool ConnectionStore::join(std::uint32_t id, const Segment& seg, int sender, std::uint16_t path,
                           const Stage& stage) {
  Flow& flow = flows_[id];
  FlowRecord& r = flow.record;
  Midstream& midstream = flow.midstream;
  if (!may_come_along(r, seg, sender, path) || !midstream.take(seg, sender, r.last)) return false;
  note_further(r, seg, sender, path, midstream.count() == 2);
  if (midstream.may_rest()) rest_if_ordinary(id, stage);
  return true;
}

void ConnectionStore::note_further(FlowRecord& r, const Segment& seg, int sender,
                                   std::uint16_t path, bool is_second) {
  if (is_second) ::new (&r.first_two[1]) Sightings::Seen(Sightings::seen(seg, sender));
  r.path[sender] = path;
  r.last = seg.time;
  r.wire_bytes[sender] += seg.wire_len;
}

// What the machinery makes of the segments so far says whether it rests, and with which numbers.
void ConnectionStore::rest_if_ordinary(std::uint32_t id, const Stage& stage) {
  FlowRecord& r = record(id);
  Connection c;
  unfold_into(c, id, stage);
  r.rest = {};
  if (c.rest_in(r)) r.stage = FlowRecord::Stage::at_rest;
  c.release(stage);
}

bool ConnectionStore::close(std::uint32_t id, const Segment& seg, int sender) {
  FlowRecord& r = record(id);
  if (!r.has_room_for(seg.wire_len, sender)) return false;
  if (r.stage == FlowRecord::Stage::closing) {
    if (!closings_[r.detail].take(seg, sender, r)) return false;
  } else {
    if (!Closing::begins(seg, sender, r)) return false;
    const std::uint32_t index = closings_.take();
    Closing& closing = closings_[index];
    const auto clocks = with_beginning(flows_[id], [](const auto& began) {
      return Closing::Clocks{began.clock(0), began.clock(1)};
    });
    if (!closing.begin(seg, sender, clocks)) {
      closings_.give_back(index);
      return false;
    }
    r.detail = index;
    r.stage = FlowRecord::Stage::closing;
  }
  r.wire_bytes[sender] += seg.wire_len;
  return true;
}

Connection& ConnectionStore::add(std::uint32_t id) {
  FlowRecord& r = record(id);
  r.stage = FlowRecord::Stage::full;
  r.connection = connections_.take();
  return connections_.renew(r.connection);
}

Connection& ConnectionStore::unfold(std::uint32_t id, Timestamp now, const Stage& stage) {
  FlowRecord& r = record(id);
  if (r.stage == FlowRecord::Stage::full) return connections_[r.connection];
  if (r.connection == FlowRecord::kNone) {
    const std::uint32_t index = connections_.take();
    Connection& c = connections_.renew(index);
    unfold_into(c, id, stage);
    fold_out(flows_[id]);
    expire_by(c, now, stage);
    r.connection = index;
  } else {
    connections_[r.connection].absorb(r);
  }
  r.stage = FlowRecord::Stage::full;
  return connections_[r.connection];
}

// What it was folded up in is no longer needed.
void ConnectionStore::fold_out(Flow& flow) {
  FlowRecord& r = flow.record;
  if (r.is_v6) keys_.give_back(key_index(flow));
  if (r.stage == FlowRecord::Stage::closing) closings_.give_back(r.detail);
  r.detail = FlowRecord::kNone;
}

void ConnectionStore::rest(std::uint32_t id, std::uint16_t path, int sender) {
  FlowRecord& r = record(id);
  if (r.path[sender] == PathIds::kUnseen) r.path[sender] = path;
  const bool has_paths = r.path[0] != PathIds::kUnseen && r.path[1] != PathIds::kUnseen;
  const bool are_told_apart = r.path[0] != PathIds::kMany && r.path[1] != PathIds::kMany;
  if (!has_paths || !are_told_apart) return;
  r.rest = {};
  if (!connections_[r.connection].rest_in(r)) return;
  r.stage = FlowRecord::Stage::at_rest;
  for (int i = 0; i < 2; ++i) r.packets[i] = r.wire_bytes[i] = 0;
}

void ConnectionStore::remove(std::uint32_t id, const Stage& stage) {
  FlowRecord& r = record(id);
  if (r.connection == FlowRecord::kNone) {
    fold_out(flows_[id]);
  } else {
    connections_[r.connection].release(stage);
    connections_.give_back(r.connection);
  }
  r.stage = FlowRecord::Stage::vacant;
  r.connection = FlowRecord::kNone;
  flows_.give_back(id);
}

std::size_t ConnectionStore::bytes() const {
  return flows_.bytes() + closings_.bytes() + connections_.bytes() + keys_.bytes();
}

Worth ConnectionStore::worth(std::uint32_t id) const {
  const FlowRecord& r = record(id);
  switch (r.stage) {
    case FlowRecord::Stage::asking:
      return Worth::unanswered;
    case FlowRecord::Stage::opening:
      return flows_[id].origin.worth();
    case FlowRecord::Stage::joining:
      return flows_[id].midstream.worth();
    case FlowRecord::Stage::closing:
      return closings_[r.detail].is_over() ? Worth::closed : Worth::open;
    case FlowRecord::Stage::full:
      return connections_[r.connection].worth();
    default:
      return Worth::open;
  }
}

bool ConnectionStore::is_over(std::uint32_t id) const {
  const FlowRecord& r = record(id);
  if (r.stage == FlowRecord::Stage::closing) return closings_[r.detail].is_over();
  return r.stage == FlowRecord::Stage::full &&
         connections_[r.connection].closed_by() != ClosedBy::open;
}

Timestamp ConnectionStore::last(std::uint32_t id) const {
  const FlowRecord& r = record(id);
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
  const FlowRecord& r = record(id);
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
  const FlowRecord& r = record(id);
  Stage again = stage;
  const auto use = [&](const KeptSegment& kept) { replay(c, id, kept, again); };
  // How many there were.
  const auto begin = [&](const auto& began) {
    again.near = &began.near;
    began.unfold(use);
    return static_cast<std::size_t>(began.count());
  };
  if (r.stage == FlowRecord::Stage::asking) {
    (void)begin(Origin{r});
    return c.absorb_opening(r.wire_bytes, {&r.alone.seen, 1});
  }
  const std::size_t count = with_beginning(flows_[id], begin);
  if (r.stage == FlowRecord::Stage::opening || r.stage == FlowRecord::Stage::joining) {
    const std::size_t kept = std::min(count, std::size(r.first_two));
    return c.absorb_opening(r.wire_bytes, std::span(r.first_two).first(kept));
  }
  c.absorb(r);
  if (r.stage == FlowRecord::Stage::closing) closings_[r.detail].unfold(r, use);
}

std::optional<PlainStates> ConnectionStore::plain(std::uint32_t id, Timestamp now,
                                                  const Timers& timers) const {
  const FlowRecord& r = record(id);
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
  const FlowRecord& r = record(id);
  const Segment seg = kept.segment(paths_[r.path[kept.sender]], r.input);
  const bool is_first = c.traffic(0).packets + c.traffic(1).packets == 0;
  is_first ? c.open(key_of(id), id, seg, kept.sender) : expire_by(c, seg.time, stage);
  (void)c.take(seg, kept.sender, stage);
}

FlowKey ConnectionStore::key_of(std::uint32_t id) const {
  const FlowRecord& r = record(id);
  if (!r.is_v6) return ipv4_key_of(r.address, r.port);
  return keys_[key_index(flows_[id])];
}

std::uint32_t ConnectionStore::key_index(const Flow& flow) {
  if (flow.record.stage == FlowRecord::Stage::asking) return flow.record.detail;
  return with_beginning(flow, [](const auto& began) { return began.key; });
}

void ConnectionStore::prefetch_rest(std::uint32_t id, bool closes) const {
  const FlowRecord& r = record(id);
  if (r.stage == FlowRecord::Stage::at_rest && !closes) return;
  if (r.connection != FlowRecord::kNone) {
    if (r.stage == FlowRecord::Stage::full) connections_[r.connection].prefetch();
  } else if (r.stage == FlowRecord::Stage::closing) {
    closings_[r.detail].prefetch();
  } else if (r.stage != FlowRecord::Stage::asking) {
    with_beginning(flows_[id], [](const auto& began) { began.prefetch(); });
  }
}

void ConnectionStore::prefetch_plain(std::uint32_t id) const {
  const FlowRecord& r = record(id);
  if (r.stage == FlowRecord::Stage::closing) closings_[r.detail].prefetch_states();
}

}  // namespace tapstat::analysis::tcp
