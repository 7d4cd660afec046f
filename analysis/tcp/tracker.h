// The TCP connections of one shard, by five-tuple and path, moved by segments and by packet time.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/arena.h"
#include "analysis/flow_index.h"
#include "analysis/flow_key.h"
#include "analysis/tcp/connection.h"
#include "analysis/tcp/journal.h"
#include "analysis/tcp/routed.h"
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
  // Both are borrowed. `sessions` is told of each segment; nullptr: nobody is.
  Tracker(const Settings& settings, const Vantage& vantage, zeek::TcpSessions* sessions)
      : settings_(settings), sessions_(sessions), vantage_(vantage) {}

  // Segments come in the order they were captured, in three steps, of which each should be made for
  // a handful before the next, so that the cache misses of different connections overlap: fetch the
  // slot; fetch the record that the slot names; then take it.
  void fetch_slot(std::uint32_t hash) const { index_.prefetch(hash); }
  // Answers which record that is, kNone for none: take() wants to know it.
  [[nodiscard]] std::uint32_t fetch_record(std::uint32_t hash, const Segment& seg);
  // Between the two: what the record names.
  void fetch_parts(std::uint32_t likely) const {
    if (settings_.analysis && likely != Connection::kNone) analyses_[likely].prefetch_parts(store_);
  }
  void take(const Segment& seg, const Routed& routed, std::uint32_t likely);

  // An ICMP error about a segment: opens no connection, and may end a handshake.
  void take_error(const decode::IcmpError& error, const Routed& routed);

  // Lets packet time come to `now`: timers due by then fire. Time that goes back changes nothing.
  void advance_to(Timestamp now);

  // The input has ended (Engine::finish).
  void finish();

  // What came of the segments taken since the last time that somebody cleared it: those that opened
  // connections, in the order of these, and what Settings wants told of them.
  [[nodiscard]] std::vector<const Segment*>& openings() { return openings_; }
  [[nodiscard]] std::vector<Remark>& remarks() { return remarks_; }
  [[nodiscard]] VantageShare& vantage() { return vantage_; }

  // Empty unless Settings::journal asked for it.
  [[nodiscard]] const Journal& journal() const { return journal_; }

  // In order of first packet.
  [[nodiscard]] const Arena<Connection>& connections() const { return connections_; }

  // Of the connection with the same index; empty unless Settings::analysis asked for it.
  [[nodiscard]] const Arena<SequenceAnalysis>& analyses() const { return analyses_; }
  [[nodiscard]] const Arena<Quality>& qualities() const { return store_.qualities; }

 private:
  static constexpr int kMaxSiblings = 64;  // paths told apart on one five-tuple

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
  [[nodiscard]] Connection& append(const Segment& seg);
  void analyse(std::uint32_t id, const Segment& seg, int sender);
  void file(std::uint32_t id);
  [[nodiscard]] Stage stage() {
    return {pools_, sightings_, settings_.timers, settings_.journal ? &journal_ : nullptr,
            vantage_};
  }

  Settings settings_;
  zeek::TcpSessions* sessions_;
  Journal journal_;
  FlowIndex index_;
  Arena<Connection> connections_;
  Arena<SequenceAnalysis> analyses_;
  AnalysisStore store_;
  Pools pools_;
  Pool<Sightings> sightings_;
  TimerWheel timers_;
  VantageShare vantage_;
  std::vector<const Segment*> openings_;
  std::vector<Remark> remarks_;
  Timestamp now_ = Timestamp::min();
  bool replaced_ = false;  // since a record was fetched last one took the place of another
};

}  // namespace tapstat::analysis::tcp
