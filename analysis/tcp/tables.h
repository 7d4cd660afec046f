// Where everything about the connections is kept: in shards, each by indices of its own. Outside
// connections have ids, which are the order of their first packets over all shards.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/arena.h"
#include "analysis/tcp/connection.h"
#include "analysis/tcp/journal.h"
#include "analysis/tcp/sequence_analysis.h"
#include "analysis/zeek/tcp_session.h"

namespace tapstat::analysis::tcp {

class Tracker;

// Always so many, whatever the number of jobs, so that results cannot depend on that.
inline constexpr int kShardBits = 4;
inline constexpr std::uint32_t kShards = 1u << kShardBits;

// A connection's shard, and its index there: 4 bytes, as there is one for each.
class Place {
 public:
  Place(std::uint32_t shard, std::uint32_t index) : packed_(index << kShardBits | shard) {}
  [[nodiscard]] std::uint32_t shard() const { return packed_ & (kShards - 1); }
  [[nodiscard]] std::uint32_t index() const { return packed_ >> kShardBits; }

 private:
  std::uint32_t packed_;
};

// From ids to places and back.
class Directory {
 public:
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(places_.size()); }
  [[nodiscard]] Place place(std::uint32_t id) const { return places_[id]; }
  [[nodiscard]] std::uint32_t id(std::uint32_t shard, std::uint32_t index) const {
    return ids_[shard][index];
  }
  // How many of that shard have an id.
  [[nodiscard]] std::uint32_t size_of(std::uint32_t shard) const {
    return static_cast<std::uint32_t>(ids_[shard].size());
  }
  // The shard's next connection gets the next id.
  void enter(std::uint32_t shard) {
    const std::uint32_t id = size();
    places_.emplace_back(shard, size_of(shard));
    ids_[shard].push_back(id);
  }

 private:
  std::vector<Place> places_;                            // by id
  std::array<std::vector<std::uint32_t>, kShards> ids_;  // by shard and index
};

// What one shard keeps, by its own indices; borrowed. Analyses and sessions are empty where nobody
// asked for them.
struct ShardTables {
  const Tracker* connections = nullptr;
  const Arena<Connection>* past = nullptr;  // instead, of what is past
  const Arena<SequenceAnalysis>* analyses = nullptr;
  const Arena<Quality>* qualities = nullptr;
  const Journal* journal = nullptr;
  const Arena<zeek::TcpSession>* sessions = nullptr;
};

struct Tables {
  std::array<ShardTables, kShards> shards;
  Directory directory;
};

}  // namespace tapstat::analysis::tcp
