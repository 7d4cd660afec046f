// The model of one instant, kept while the engine reads on.
#pragma once

#include <optional>
#include <vector>

#include "analysis/forwarding/leg_table.h"
#include "analysis/lvs/sync_table.h"
#include "analysis/lvs/vrrp_table.h"
#include "analysis/model.h"
#include "analysis/neighbors/neighbor_table.h"
#include "analysis/spanning_tree/bpdu_log.h"
#include "analysis/spanning_tree/spanning_trees.h"
#include "analysis/stations/station_table.h"
#include "analysis/tcp/tracker.h"

namespace tapstat::analysis {

// The counters as they stood at one instant, kept while the engine reads on.
class Snapshot {
 public:
  explicit Snapshot(const Model& now);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;

  // What was counted by then, with what `later`, of the same engine, tells of that time.
  // Those that were given up since, whose past went with them, are left out here, too.
  [[nodiscard]] Model model(const Model& later);

 private:
  // Its journal is not kept: that of later tells more.
  struct Shard {
    explicit Shard(const tcp::ShardTables& now);
    [[nodiscard]] tcp::ShardTables tables() const;

    Arena<tcp::Connection> connections;
    Arena<tcp::SequenceAnalysis> analyses;
    Slab<tcp::Quality> qualities;
    Arena<zeek::TcpSession> sessions;
  };

  Totals totals_;
  std::vector<Shard> shards_;
  tcp::Tables tables_;
  Arena<flows::Flow> flows_;
  zeek::Conns conns_;
  std::optional<PacketWatch> watch_;
  std::optional<neighbors::NeighborTable> neighbors_;
  std::optional<stations::StationTable> stations_;
  std::optional<spanning_tree::SpanningTrees> trees_;
  std::optional<spanning_tree::BpduLog> bpdus_;
  std::optional<lvs::VrrpTable> vrrp_;
  std::optional<lvs::SyncTable> sync_;
  std::optional<forwarding::LegTable> legs_;
};

}  // namespace tapstat::analysis
