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
  explicit Snapshot(const Model& now) : totals_(now.totals), flows_(now.flows), conns_(now.conns) {
    tables_.directory = now.tcp.tables().directory;
    shards_.reserve(tcp::kShards);
    for (std::uint32_t i = 0; i < tcp::kShards; ++i) {
      tables_.shards[i] = shards_.emplace_back(now.tcp.tables().shards[i]).tables();
    }
    // Each table has its name here: where there is a new one the compiler stops, lest views --at an
    // instant do without.
    const auto& [totals, tcp, decoder, flows, conns, layer2, watch, events, is_past, vrrp, sync,
                 legs, unkept_flows, unkept_conns] = now;
    const auto& [neighbors, stations, trees, bpdus] = layer2;
    if (watch != nullptr) watch_ = *watch;
    if (neighbors != nullptr) neighbors_ = *neighbors;
    if (stations != nullptr) stations_ = *stations;
    if (trees != nullptr) trees_ = *trees;
    if (bpdus != nullptr) bpdus_ = *bpdus;
    if (vrrp != nullptr) vrrp_ = *vrrp;
    if (sync != nullptr) sync_ = *sync;
    if (legs != nullptr) legs_.emplace(*legs);
  }

  // What was counted by then, with what `later`, of the same engine, tells of that time.
  // Those that were given up since, whose past went with them, are left out here, too.
  [[nodiscard]] Model model(const Model& later) {
    const tcp::Connections kept = later.tcp.connections();
    for (std::uint32_t id = 0; id < tables_.directory.size(); ++id) {
      const bool is_gone = tables_.directory.has(id) && !kept.has(id);
      if (is_gone) tables_.directory.leave(tables_.directory.place(id));
    }
    return {totals_,
            {tables_, later.tcp.journal()},
            later.decoder,
            flows_,
            conns_,
            {neighbors_ ? &*neighbors_ : nullptr, stations_ ? &*stations_ : nullptr,
             trees_ ? &*trees_ : nullptr, bpdus_ ? &*bpdus_ : nullptr},
            watch_ ? &*watch_ : nullptr,
            later.events,
            true,
            vrrp_ ? &*vrrp_ : nullptr,
            sync_ ? &*sync_ : nullptr,
            legs_ ? &*legs_ : nullptr,
            later.unkept_flows,
            later.unkept_conns};
  }

 private:
  // Its journal is not kept: that of later tells more.
  struct Shard {
    explicit Shard(const tcp::ShardTables& now)
        : analyses(*now.analyses), qualities(*now.qualities), sessions(*now.sessions) {
      for (std::uint32_t i = 0; i < now.connections->extent(); ++i) {
        tcp::Connection& copy = connections.append();
        if (now.connections->has(i)) copy = now.connections->connection(i);
      }
    }
    [[nodiscard]] tcp::ShardTables tables() const {
      return {nullptr, &connections, &analyses, &qualities, nullptr, &sessions};
    }

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
