#include "analysis/snapshot.h"

#include <cstdint>

namespace tapstat::analysis {

Snapshot::Shard::Shard(const tcp::ShardTables& now)
    : analyses(*now.analyses), qualities(*now.qualities), sessions(*now.sessions) {
  for (std::uint32_t i = 0; i < now.connections->extent(); ++i) {
    tcp::Connection& copy = connections.append();
    if (now.connections->has(i)) copy = now.connections->connection(i);
  }
}

tcp::ShardTables Snapshot::Shard::tables() const {
  return {nullptr, &connections, &analyses, &qualities, nullptr, &sessions};
}

Snapshot::Snapshot(const Model& now) : totals_(now.totals), flows_(now.flows), conns_(now.conns) {
  tables_.directory = now.tcp.tables().directory;
  shards_.reserve(tcp::kShards);
  for (std::uint32_t i = 0; i < tcp::kShards; ++i) {
    tables_.shards[i] = shards_.emplace_back(now.tcp.tables().shards[i]).tables();
  }
  // Each table has its name here: where there is a new one the compiler stops, lest views --at an
  // instant do without.
  const auto& [totals, tcp, decoder, flows, conns, layer2, watch, events, is_past, vrrp, sync, legs,
               unkept_flows, unkept_conns] = now;
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

Snapshot::~Snapshot() = default;
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;

Model Snapshot::model(const Model& later) {
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

}  // namespace tapstat::analysis
