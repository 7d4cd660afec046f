// All TCP connections of a capture, by five-tuple and path, moved by segments and by packet time.
#pragma once

#include <cstdint>
#include <span>

#include "analysis/arena.h"
#include "analysis/flow_index.h"
#include "analysis/flow_key.h"
#include "analysis/tcp/connection.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/journal.h"
#include "analysis/tcp/segment_log.h"
#include "analysis/tcp/sequence_analysis.h"
#include "analysis/tcp/settings.h"
#include "analysis/timer_wheel.h"
#include "decode/icmp_error.h"

namespace tapstat::analysis::tcp {

class Tracker {
 public:
  // `secret` keys the hash; results do not depend on it.
  explicit Tracker(std::uint64_t secret, const Settings& settings = {})
      : hash_(secret), settings_(settings), vantage_(secret) {}

  // Takes segments in the order they were captured. Their slots and records are fetched ahead, so
  // that batches cost less than single ones.
  void take(std::span<const Segment> batch);

  // An ICMP error about a segment: opens no connection, and may end a handshake.
  void take_error(const decode::IcmpError& error);

  // Lets packet time come to `now`: timers due by then fire. Time that goes back changes nothing.
  void advance_to(Timestamp now);

  // The input has ended (Engine::finish).
  void finish();

  // Empty unless Settings::journal asked for it.
  [[nodiscard]] const Journal& journal() const { return journal_; }

  // In order of first packet: index and id are the same.
  [[nodiscard]] const Arena<Connection>& connections() const { return connections_; }

  // Of the connection with the same index; empty unless Settings::analysis asked for it.
  [[nodiscard]] const Arena<SequenceAnalysis>& analyses() const { return analyses_; }
  [[nodiscard]] const Arena<Quality>& qualities() const { return store_.qualities; }

 private:
  // Enough to overlap the misses. Four times as many records, four cache lines of each, begin to
  // push one another and the segments out of the first-level cache before their turn comes.
  static constexpr std::size_t kMaxBatch = 16;
  static constexpr int kMaxSiblings = 64;  // paths told apart on one five-tuple

  void take_batch(std::span<const Segment> batch);
  // `likely` is the record that was fetched for it; kNone for none.
  void take_one(const Segment& seg, const DirectedKey& key, std::uint32_t hash,
                std::uint32_t likely);
  void take_slowly(const Segment& seg, const DirectedKey& key, std::uint32_t hash);
  [[nodiscard]] std::uint32_t find_or_open(const Segment& seg, const DirectedKey& key,
                                           std::uint32_t hash);
  [[nodiscard]] std::uint32_t pick_sibling(std::uint32_t head, const Segment& seg,
                                           int sender) const;
  [[nodiscard]] std::uint32_t open_sibling(std::uint32_t head, const Segment& seg,
                                           const DirectedKey& key);
  [[nodiscard]] std::uint32_t open(const Segment& seg, const DirectedKey& key);
  [[nodiscard]] std::uint32_t reopen(std::uint32_t head, std::uint32_t old, const Segment& seg,
                                     const DirectedKey& key, std::uint32_t hash);
  [[nodiscard]] Connection& append();
  void analyse(std::uint32_t id, const Segment& seg, int sender);
  void file(std::uint32_t id);
  [[nodiscard]] Stage stage() {
    return {pools_, sightings_, settings_.timers, settings_.journal ? &journal_ : nullptr,
            vantage_};
  }

  KeyedHash hash_;
  Settings settings_;
  Journal journal_;
  FlowIndex index_;
  Arena<Connection> connections_;
  Arena<SequenceAnalysis> analyses_;
  AnalysisStore store_;
  Pools pools_;
  Pool<Sightings> sightings_;
  TimerWheel timers_;
  Vantage vantage_;
  Timestamp now_ = Timestamp::min();
  bool replaced_ = false;  // in this batch one record took the place of another
};

}  // namespace tapstat::analysis::tcp
