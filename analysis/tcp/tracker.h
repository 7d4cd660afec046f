// The TCP connections of one shard, by five-tuple and path, moved by segments and by packet time.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/arena.h"
#include "analysis/flow_index.h"
#include "analysis/tcp/connection.h"
#include "analysis/tcp/connection_store.h"
#include "analysis/tcp/guesses.h"
#include "analysis/tcp/journal.h"
#include "analysis/tcp/routed.h"
#include "analysis/tcp/segment_log.h"
#include "analysis/tcp/sequence_analysis.h"
#include "analysis/tcp/settings.h"
#include "analysis/timer_wheel.h"
#include "decode/icmp_error.h"

namespace tapstat::analysis::zeek {
class TcpSessions;
}

namespace tapstat::analysis::tcp {

class Tracker {
 public:
  // `secret` keys hashes. The others are borrowed; `sessions` is told of each segment; nullptr:
  // nobody is.
  Tracker(std::uint64_t secret, const Settings& settings, const PathIds& paths,
          const Vantage& vantage, zeek::TcpSessions* sessions)
      : settings_(settings),
        sessions_(sessions),
        is_followed_(settings.analysis || sessions != nullptr),
        hash_(secret),
        journal_(settings.on_steps != nullptr),
        store_(paths),
        vantage_(vantage) {}

  // Which record a segment is likely to be of; without one: of none.
  struct Likely {
    FlowRecord* record = nullptr;
    std::uint32_t id = FlowRecord::kNone;
  };

  // Segments come in the order they were captured, in steps, of which each should be made for a
  // handful before the next, so that the cache misses of different connections overlap: fetch the
  // slot; fetch the record that the slot names; fetch what that names; then take it.
  void fetch_slot(std::uint32_t hash) const { index_.prefetch(hash); }
  [[nodiscard]] Likely fetch_record(std::uint32_t hash) {
    // Any record of this hash will do: only once in billions of pairs is it another's.
    const std::uint32_t id = index_.find_likely(hash);
    if (id == FlowRecord::kNone) return {};
    FlowRecord& record = store_.record(id);
    record.prefetch();
    if (is_followed_) fetch_followed(id);
    return {&record, id};
  }
  // Whether take_in_stride() will do, as things stand.
  [[nodiscard]] static bool goes_in_stride(const Routed& routed, const Likely& likely) {
    return likely.record != nullptr && likely.record->stage == FlowRecord::Stage::at_rest &&
           routed.stride.may_be_ordinary();
  }
  // Where it will not.
  void fetch_parts(const Segment& seg, const Routed& routed, const Likely& likely) const;
  // Whether it took an ordinary segment of a connection at rest; so nearly all of them go. Not
  // where somebody follows segments, and so needs all of each.
  [[nodiscard]] bool take_in_stride(const Routed& routed, const Likely& likely) {
    advance_to(routed.now);
    return !is_followed_ && likely.record != nullptr && moves(*likely.record, routed);
  }
  // Any segment.
  void take(const Segment& seg, const Routed& routed, const Likely& likely);

  // An ICMP error about a segment: opens no connection, and may end a handshake.
  void take_error(const decode::IcmpError& error, const Routed& routed);

  // Lets packet time come to `now`: timers due by then fire. Time that goes back changes nothing.
  void advance_to(Timestamp now) {
    if (now_ < now) now_ = now;
    if (timers_.is_due(now_)) expire();
  }

  // The input has ended (Engine::finish).
  void finish();

  // Gives up connections until the others take no more than `most` bytes. Never between the steps
  // of a handful, as what follows.
  void keep_within(std::size_t most);

  // Of Settings::on_end: which connections have ended, and will not be heard of again as far as
  // anyone can tell, by index. They are as they stay, and can be asked for until they are
  // forgotten.
  [[nodiscard]] const std::vector<std::uint32_t>& ended();
  void forget_ended();

  // What came of the segments taken since the last time that somebody cleared it: those that opened
  // connections, and what Settings wants told of them; and which connections were given up after
  // them, by index.
  struct Opening {
    const Segment* by;
    std::uint32_t index;
  };
  [[nodiscard]] std::vector<Opening>& openings() { return openings_; }
  [[nodiscard]] std::vector<std::uint32_t>& given_up() { return given_up_; }
  [[nodiscard]] std::vector<Remark>& remarks() { return remarks_; }
  [[nodiscard]] VantageShare& vantage() { return vantage_; }

  // Empty unless Settings::journal asked for it.
  [[nodiscard]] const Journal& journal() const { return journal_; }
  // Of Settings::on_steps: see Journal.
  [[nodiscard]] std::vector<JournalChange>& journal_changes() { return journal_.changes(); }
  // Of these, too: which may have others open than before, by index, and what is open of one.
  [[nodiscard]] std::vector<std::uint32_t>& touched() { return touched_; }
  [[nodiscard]] Guesses::OfEnds guesses(std::uint32_t id) const;

  // Indices are below this, and has() says which have a connection.
  [[nodiscard]] std::uint32_t extent() const { return store_.extent(); }
  [[nodiscard]] bool has(std::uint32_t id) const { return store_.has(id); }
  [[nodiscard]] Timestamp last(std::uint32_t id) const { return store_.last(id); }
  // As it stands; of one that opens, as if the input ended here.
  [[nodiscard]] Connection connection(std::uint32_t id) const;
  // The states of its ends, where they can be had for less than a Connection.
  [[nodiscard]] std::optional<PlainStates> plain(std::uint32_t id) const {
    return store_.plain(id, now_, settings_.timers);
  }
  // Where one after the other is asked for that: fetch the record of a later one, then of one
  // between what that names.
  void prefetch_record(std::uint32_t id) const { store_.prefetch(id); }
  void prefetch_plain(std::uint32_t id) const { store_.prefetch_plain(id); }

  // Of the connection with the same index; empty unless Settings::analysis asked for it.
  [[nodiscard]] const Arena<SequenceAnalysis>& analyses() const { return analyses_; }
  [[nodiscard]] const Slab<Quality>& qualities() const { return analyses_store_.qualities; }

 private:
  static constexpr int kMaxSiblings = 64;  // paths told apart on one five-tuple

  // A segment, and what is looked up by.
  struct Arrival {
    const Segment& seg;
    const FlowTuple& tuple;
    const Stride& stride;

    [[nodiscard]] int sender() const { return tuple.sender; }
    [[nodiscard]] std::uint16_t path() const { return stride.path; }
  };

  void fetch_hosts(const Segment& seg, const FlowTuple& tuple) const;
  void fetch_followed(std::uint32_t likely) const;
  // Whether it is its connection's, at rest, and an ordinary one, which is taken. Where another has
  // taken its place since it was looked for, it rests no more.
  [[nodiscard]] static bool moves(FlowRecord& r, const Routed& routed) {
    const int sender = routed.tuple.sender;
    return r.stage == FlowRecord::Stage::at_rest && r.is_of(routed.tuple) &&
           r.came_along(routed.stride, sender) && r.take_in_stride(routed.stride, sender);
  }
  void take_slowly(const Arrival& arrival, std::uint32_t head);
  void expire();
  [[nodiscard]] static bool begins(const Arrival& arrival);
  void begin(const Arrival& arrival);
  [[nodiscard]] bool stays_folded(const Arrival& arrival, std::uint32_t id);
  [[nodiscard]] bool goes_on_opening(const Arrival& arrival, std::uint32_t id);
  [[nodiscard]] bool closes(const Arrival& arrival, std::uint32_t id);
  [[nodiscard]] std::uint32_t find(const FlowTuple& tuple) const;
  [[nodiscard]] std::uint32_t find_or_open(const Arrival& arrival, std::uint32_t head);
  [[nodiscard]] std::uint32_t pick_sibling(std::uint32_t head, const Arrival& arrival);
  [[nodiscard]] std::uint32_t open_sibling(std::uint32_t head, const Arrival& arrival);
  [[nodiscard]] std::uint32_t open(const Arrival& arrival);
  [[nodiscard]] std::uint32_t reopen(std::uint32_t head, std::uint32_t old, const Arrival& arrival);
  [[nodiscard]] std::uint32_t append(const Arrival& arrival);
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] std::uint32_t hash_of(std::uint32_t id) const;
  void give_up_some(Worth least, std::size_t most);
  void give_up_silent(std::size_t most);
  void forget(std::uint32_t id);
  void unlink(std::uint32_t id);
  [[nodiscard]] bool forgets_ended() const { return settings_.on_end != nullptr; }
  void linger(std::uint32_t id);
  [[nodiscard]] bool is_filed(std::uint32_t id, Timestamp deadline) const;
  [[nodiscard]] bool has_lingered(std::uint32_t id, Timestamp until) const;
  void find_timed_out();
  Connection& unfold(std::uint32_t id);
  void touch(std::uint32_t id) {
    if (settings_.on_steps) touched_.push_back(id);
  }
  [[nodiscard]] bool is_logged() const {
    return settings_.log != nullptr && !settings_.log->wants_none();
  }
  void follow(std::uint32_t id, const Arrival& arrival);
  void analyse(std::uint32_t id, const Segment& seg, int sender);
  void file(std::uint32_t id);
  // Nothing is folded up where somebody keeps what each end goes through.
  [[nodiscard]] bool folds() const { return !settings_.journal; }
  [[nodiscard]] Stage stage() const {
    return {pools_, sightings_, settings_.timers, settings_.journal ? &journal_ : nullptr,
            vantage_};
  }

  Settings settings_;
  zeek::TcpSessions* sessions_;
  const bool is_followed_;  // somebody wants more of each segment than it does to the ends
  KeyedHash hash_;
  // What a Stage is made of: also of one that copies what is folded up, which leaves all of it as
  // it was.
  mutable Journal journal_;
  mutable Pools pools_;
  mutable Pool<Sightings> sightings_;
  FlowIndex index_;
  ConnectionStore store_;
  Arena<SequenceAnalysis> analyses_;
  AnalysisStore analyses_store_;
  TimerWheel timers_;
  mutable VantageShare vantage_;
  std::vector<Opening> openings_;
  std::vector<std::uint32_t> given_up_;
  std::uint32_t hand_ = 0;  // give_up_some() goes on here
  std::vector<std::uint32_t> ended_;
  std::vector<std::uint32_t> touched_;
  Timestamp next_look_ = Timestamp::min();  // of find_timed_out()
  std::vector<Remark> remarks_;
  Timestamp now_ = Timestamp::min();
  bool is_finished_ = false;
};

}  // namespace tapstat::analysis::tcp
