#include "analysis/tcp/shards.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "analysis/tcp/connections.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/segment_log.h"

namespace tapstat::analysis::tcp {
namespace {

constexpr std::size_t kMostOfBlock = 8192;  // frames
// With one job: what is decoded stays in the first-level cache until it is taken.
constexpr std::size_t kMostPending = 128;
// Of fewer segments the others would not be awake in time.
constexpr std::size_t kWorthSharing = 512;

}  // namespace

Shards::Shards(std::uint64_t secret, const Settings& settings, bool sessions)
    : settings_(settings),
      takes_plain_(!settings.analysis && !sessions),
      hash_(secret),
      paths_(secret),
      vantage_(secret),
      first_(is_alone() ? kMostPending : kMostOfBlock),
      second_(is_alone() ? 0 : kMostOfBlock),
      opened_(first_.segments.size(), Place::none()),
      opens_((first_.segments.size() + kBits - 1) / kBits) {
  for (std::uint32_t i = 0; i < kShards; ++i) {
    shards_[i] = std::make_unique<Shard>(secret, settings, paths_, vantage_, sessions);
    const Tracker& tracker = shards_[i]->tracker;
    tables_.shards[i] = {&tracker,
                         nullptr,
                         &tracker.analyses(),
                         &tracker.qualities(),
                         &tracker.journal(),
                         &shards_[i]->sessions.sessions()};
  }
  if (!is_alone()) {
    crew_.emplace(settings.jobs - 1, kShards,
                  [this](std::uint32_t shard) { take_shard(shard, *running_); });
  }
}

// Inlined, so that each field goes straight from the packet to its place in the list. With one job
// all of them go through one list.
template <typename From>
[[gnu::always_inline]] inline void Shards::route(const From& from, const Way& way,
                                                 std::size_t index) {
  const FlowTuple tuple = tuple_of(Ends::of(from), hash_);
  const std::uint32_t shard = Routed::shard_of(tuple.hash);
  filling_->routed[way.is_alone ? 0 : shard].add(tuple, from, way.path, way.now, way.kind, index);
  if (way.is_alone) shards_[shard]->tracker.fetch_slot(tuple.hash);
}

void Shards::take() {
  const std::size_t index = filling_->size++;
  Segment& segment = filling_->segments[index];
  now_ = std::max(now_, segment.time);
  const std::uint16_t path = paths_.of(segment.vlans, segment.tunnel);
  route(segment, {is_alone(), Routed::Kind::segment, path, now_}, index);
  if (!is_alone()) filling_->keep_bytes_of(segment);
  end_if_full();
}

// With several jobs a block has no more frames than there is room for.
void Shards::end_if_full() {
  if (is_alone() && filling_->routed[0].room() == 0) hand_over(std::nullopt);
}

std::size_t Shards::take_plain(std::span<const capture::Frame> frames) {
  if (!takes_plain_) return 0;
  std::size_t taken = 0;
  while (taken < frames.size()) {
    const std::size_t room =
        std::min<std::size_t>(filling_->routed[0].room(), block_size_ - in_block_);
    const auto next = frames.subspan(taken, std::min(frames.size() - taken, room));
    const std::size_t plain = is_alone() ? route_all<true>(next) : route_all<false>(next);
    taken += plain;
    if (plain > 0) {
      in_block_ += plain;
      last_time_ = frames[taken - 1].time;
      in_block_ == block_size_ ? end_block() : end_if_full();
    }
    if (plain < next.size()) break;
  }
  return taken;
}

// How many of them are plain before one is not.
template <bool kIsAlone>
std::size_t Shards::route_all(std::span<const capture::Frame> frames) {
  Block& block = *filling_;
  Timestamp now = now_;
  std::size_t taken = 0;
  for (const capture::Frame& frame : frames) {
    const std::size_t index = block.size + taken;
    std::size_t headers = 0;
    if (decode::PlainTcp::is_commonest(frame)) [[likely]] {
      now = std::max(now, frame.time);
      const auto plain = decode::PlainTcp::commonest(frame);
      route(plain, {kIsAlone, Routed::Kind::plain, PathIds::kPlain, now}, index);
      headers = plain.headers_len();
    } else if (const auto plain = decode::PlainTcp::parse_other(frame)) {
      now = std::max(now, frame.time);
      route_plain(*plain, now, index);
      headers = plain->headers_len();
    } else {
      break;
    }
    block.frames[index] = frame;
    if (!kIsAlone) block.keep_bytes_of(block.frames[index], headers);
    ++taken;
  }
  block.size += taken;
  now_ = now;
  return taken;
}

[[gnu::noinline]] void Shards::route_plain(const decode::PlainTcp& plain, Timestamp now,
                                           std::size_t index) {
  const std::uint16_t path = paths_.of(decode::VlanStack::of(plain.tag()), 0);
  route(plain, {is_alone(), Routed::Kind::plain, path, now}, index);
}

void Shards::take_error(const decode::IcmpError& error) {
  const std::size_t index = filling_->errors.size();
  filling_->errors.push_back(error);
  Segment& quoted = filling_->errors.back().quoted;
  now_ = std::max(now_, quoted.time);
  route(quoted, {is_alone(), Routed::Kind::error, PathIds::kUnseen, now_}, index);
  if (!is_alone()) filling_->keep_bytes_of(quoted);
  end_if_full();
}

void Shards::end_batch() {
  if (is_alone()) hand_over(std::nullopt);
}

// Their size depends on how many frames there were before, and on nothing else: of a short capture
// each frame is a block, and no later one keeps back more than it has yet to learn.
void Shards::end_block() {
  constexpr std::uint64_t kShare = 64;
  frames_ += std::exchange(in_block_, 0);
  block_size_ = std::clamp<std::uint64_t>(frames_ / kShare, 1, kMostOfBlock);
  now_ = std::max(now_, last_time_);
  hand_over(now_);
}

void Shards::hand_over(std::optional<Timestamp> end) {
  join();
  filling_->end = end;
  if (!is_alone() && end && filling_->size >= kWorthSharing) {
    running_ = std::exchange(filling_, filling_ == &first_ ? &second_ : &first_);
    crew_->start();
    if (is_watched()) join();  // who is told reads what else was counted up to here
    return;
  }
  if (!is_alone() || end) {
    for (std::uint32_t i = 0; i < kShards; ++i) take_shard(i, *filling_);
  } else {
    take_routed(filling_->routed[0].all(), *filling_);
  }
  settle(*filling_);
}

void Shards::join() {
  if (running_ == nullptr) return;
  crew_->finish();
  settle(*std::exchange(running_, nullptr));
}

void Shards::take_shard(std::uint32_t shard, Block& block) {
  take_routed(block.routed[shard].all(), block);
  if (block.end) shards_[shard]->tracker.advance_to(*block.end);
}

// Handful by handful, in steps that each have the time of another handful until what they fetched
// is there: see Tracker.
void Shards::take_routed(std::span<Routed> all, Block& block) {
  std::array<Likely, 3> likely;
  const auto handful = [all](std::size_t n) {
    const std::size_t first = std::min(n * kAtOnce, all.size());
    return all.subspan(first, std::min(all.size() - first, kAtOnce));
  };
  const std::size_t handfuls = (all.size() + kAtOnce - 1) / kAtOnce;
  // With one job they were fetched when they were routed.
  if (!is_alone()) fetch_slots(handful(0));
  for (std::size_t n = 0; n < handfuls + 2; ++n) {
    if (!is_alone()) fetch_slots(handful(n + 1));
    fetch_records(handful(n), likely[n % 3]);
    if (n > 0) fetch_parts(handful(n - 1), block, likely[(n - 1) % 3]);
    if (n > 1) take_all(handful(n - 2), block, likely[(n - 2) % 3]);
  }
}

void Shards::fetch_slots(std::span<const Routed> some) const {
  for (const Routed& r : some) tracker_of(r).fetch_slot(r.tuple.hash);
}

void Shards::fetch_records(std::span<const Routed> some, Likely& likely) {
  for (std::size_t i = 0; i < some.size(); ++i) {
    likely[i] = tracker_of(some[i]).fetch_record(some[i].tuple.hash);
  }
}

// What is plain is read here where more than its Stride will be wanted.
void Shards::fetch_parts(std::span<Routed> some, Block& block, const Likely& likely) {
  for (std::size_t i = 0; i < some.size(); ++i) {
    Routed& r = some[i];
    if (takes_plain_ && Tracker::goes_in_stride(r, likely[i])) continue;
    if (r.kind() == Routed::Kind::plain) block.read(r);
    if (r.kind() == Routed::Kind::error) continue;
    tracker_of(r).fetch_parts(block.segments[r.index()], r, likely[i]);
  }
}

void Shards::take_all(std::span<Routed> some, Block& block, const Likely& likely) {
  for (std::size_t i = 0; i < some.size(); ++i) {
    Routed& r = some[i];
    Tracker& tracker = tracker_of(r);
    if (r.kind() == Routed::Kind::error) [[unlikely]] {
      tracker.take_error(block.errors[r.index()], r);
    } else if (!tracker.take_in_stride(r, likely[i])) {
      if (r.kind() == Routed::Kind::plain) block.read(r);
      tracker.take(block.segments[r.index()], r, likely[i]);
    }
  }
}

// What the shards came to is put together, in the order of frames.
void Shards::settle(Block& block) {
  enter_openings(block);
  if (settings_.log != nullptr || settings_.events != nullptr) tell_remarks();
  if (block.end) {
    if (settings_.on_steps) tell_steps(*block.end);
    if (settings_.on_end) tell_ended(*block.end);
    keep_within_memory();
    note_votes();
  }
  block.clear();
}

// A segment opens one at most.
void Shards::enter_openings(const Block& block) {
  for (std::uint32_t i = 0; i < kShards; ++i) {
    auto& openings = shards_[i]->tracker.openings();
    for (const auto& [by, index] : openings) {
      const auto at = static_cast<std::size_t>(by - block.segments.data());
      opened_[at] = {i, index};
      opens_[at / kBits] |= std::uint64_t{1} << at % kBits;
    }
    openings.clear();
  }
  for (std::size_t word = 0; word * kBits < block.size; ++word) {
    for (std::uint64_t bits = std::exchange(opens_[word], 0); bits != 0; bits &= bits - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(bits));
      tables_.directory.enter(opened_[word * kBits + bit]);
    }
  }
}

// Of all shards, by connection, and which connections are to be looked at for guesses.
void Shards::collect_changes() {
  changes_.clear();
  touched_.clear();
  for (std::uint32_t i = 0; i < kShards; ++i) {
    Tracker& tracker = shards_[i]->tracker;
    for (JournalChange& change : tracker.journal_changes()) {
      change.connection = tables_.directory.id(i, change.connection);
      changes_.push_back(change);
      touched_.push_back(change.connection);
    }
    for (const std::uint32_t index : tracker.touched()) {
      if (tracker.has(index)) touched_.push_back(tables_.directory.id(i, index));
    }
    tracker.journal_changes().clear();
    tracker.touched().clear();
  }
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  std::stable_sort(
      changes_.begin(), changes_.end(),
      [](const JournalChange& a, const JournalChange& b) { return a.connection < b.connection; });
}

void Shards::add_guesses() {
  told_.clear();
  auto next = changes_.begin();
  for (const std::uint32_t id : touched_) {
    const auto first = next;
    while (next != changes_.end() && next->connection == id) ++next;
    const Place place = tables_.directory.place(id);
    guesses_.tell(id, {first, next}, shards_[place.shard()]->tracker.guesses(place.index()), told_);
  }
}

void Shards::tell_steps(Timestamp now) {
  collect_changes();
  add_guesses();
  if (told_.empty()) return;
  dated_.clear();
  for (const JournalChange& change : told_) dated_.push_back({change.step.time, change});
  for (std::size_t i = 1; i < dated_.size(); ++i) {
    const ChangeAt& before = dated_[i - 1];
    if (before.change.connection != dated_[i].change.connection) continue;
    dated_[i].time = std::max(dated_[i].time, before.time);
  }
  std::stable_sort(dated_.begin(), dated_.end(),
                   [](const ChangeAt& a, const ChangeAt& b) { return a.time < b.time; });
  changes_.resize(dated_.size());
  std::transform(dated_.begin(), dated_.end(), changes_.begin(),
                 [](const ChangeAt& at) { return at.change; });
  settings_.on_steps(changes_, now);
}

void Shards::tell_ended(Timestamp now) {
  endings_.clear();
  for (std::uint32_t i = 0; i < kShards; ++i) {
    Tracker& tracker = shards_[i]->tracker;
    for (const std::uint32_t index : tracker.ended()) {
      endings_.push_back({tracker.last(index), tables_.directory.id(i, index)});
    }
  }
  if (endings_.empty()) return;
  std::sort(endings_.begin(), endings_.end());
  ended_.resize(endings_.size());
  std::transform(endings_.begin(), endings_.end(), ended_.begin(),
                 [](const Ending& ending) { return ending.id; });
  settings_.on_end(ended_, now);
  for (const std::uint32_t id : ended_) {
    guesses_.forget(id);
    tables_.directory.leave(tables_.directory.place(id));
  }
  for (const auto& shard : shards_) shard->tracker.forget_ended();
  tables_.ended += static_cast<std::uint32_t>(ended_.size());
}

// Once all that happened to those who may go now was told.
void Shards::keep_within_memory() {
  for (std::uint32_t i = 0; i < kShards; ++i) {
    shards_[i]->tracker.keep_within(settings_.memory / kShards);
    auto& given_up = shards_[i]->tracker.given_up();
    for (const std::uint32_t index : given_up) {
      guesses_.forget(tables_.directory.id(i, index));
      tables_.directory.leave({i, index});
    }
    given_up.clear();
  }
}

void Shards::tell_remarks() {
  remarks_.clear();
  for (std::uint32_t i = 0; i < kShards; ++i) {
    for (const Remark& remark : shards_[i]->tracker.remarks()) remarks_.push_back({&remark, i});
  }
  std::sort(remarks_.begin(), remarks_.end(), [](const RemarkOf& a, const RemarkOf& b) {
    return a.remark->segment < b.remark->segment;
  });
  for (const auto& [remark, shard] : remarks_) {
    const std::uint32_t id = tables_.directory.id(shard, remark->connection);
    const Segment& segment = *remark->segment;
    if (settings_.events != nullptr) {
      settings_.events->note(id, segment, remark->sender, remark->appraisal);
    }
    SegmentLog* const log = settings_.log;
    if (log != nullptr && log->may_want(id)) {
      log->note(Connections(tables_)[id], segment, remark->sender, remark->appraisal);
    }
  }
  for (const auto& shard : shards_) shard->tracker.remarks().clear();
}

void Shards::note_votes() {
  heard_.clear();
  for (const auto& shard : shards_) {
    auto& heard = shard->tracker.vantage().heard();
    heard_.insert(heard_.end(), heard.begin(), heard.end());
    heard.clear();
  }
  if (vantage_.minds_order_of(heard_.size())) {
    std::sort(heard_.begin(), heard_.end(),
              [](const auto& a, const auto& b) { return a.frame < b.frame; });
  }
  constexpr std::size_t kAhead = 8;
  for (std::size_t i = 0; i < heard_.size(); ++i) {
    if (i + kAhead < heard_.size()) vantage_.prefetch(heard_[i + kAhead]);
    vantage_.note(heard_[i]);
  }
}

void Shards::advance_to(Timestamp now) {
  hand_over(std::nullopt);
  now_ = std::max(now_, now);
  for (const auto& shard : shards_) shard->tracker.advance_to(now_);
  if (settings_.on_steps) tell_steps(now_);
  if (settings_.on_end) tell_ended(now_);
}

void Shards::finish() {
  if (in_block_ > 0) end_block();
  advance_to(now_);
  for (const auto& shard : shards_) shard->tracker.finish();
  if (!settings_.on_steps) return;
  // What is open no longer is; where a guess came to nothing, it is taken back.
  for (const std::uint32_t id : guesses_.connections()) {
    const Place place = tables_.directory.place(id);
    shards_[place.shard()]->tracker.touched().push_back(place.index());
  }
  tell_steps(now_);
}

}  // namespace tapstat::analysis::tcp
