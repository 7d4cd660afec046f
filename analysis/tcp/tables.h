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
  [[nodiscard]] static Place none() { return {kShards - 1, 0xffffffffu}; }
  [[nodiscard]] std::uint32_t shard() const { return packed_ & (kShards - 1); }
  [[nodiscard]] std::uint32_t index() const { return packed_ >> kShardBits; }
  friend bool operator==(Place, Place) = default;

 private:
  std::uint32_t packed_;
};

// From ids to places and back. Ids are never given again; places are.
class Directory {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  // How many ids were given, from 0 on.
  [[nodiscard]] std::uint32_t size() const { return size_; }
  // How many of these left.
  [[nodiscard]] std::uint32_t gone() const { return gone_; }
  // Whether there is one of that id, and where: ask for the place of none that left.
  [[nodiscard]] bool has(std::uint32_t id) const {
    return id < size_ && !chunk(id).places.empty() &&
           chunk(id).places[id % kChunk] != Place::none();
  }
  [[nodiscard]] Place place(std::uint32_t id) const { return chunk(id).places[id % kChunk]; }
  // Of the one that is there now; kNone for none.
  [[nodiscard]] std::uint32_t id(std::uint32_t shard, std::uint32_t index) const {
    return index < ids_[shard].size() ? ids_[shard][index] : kNone;
  }

  // The connection there, where none was, gets the next id.
  void enter(Place place);
  void leave(Place place);

 private:
  // Of ids in a row; without places once all of them have left, so that what is kept depends on how
  // many are there, not on how many there were.
  struct Chunk {
    std::vector<Place> places;
    std::uint32_t left = 0;
  };
  static constexpr std::uint32_t kChunk = 4096;

  [[nodiscard]] const Chunk& chunk(std::uint32_t id) const { return chunks_[id / kChunk]; }

  std::vector<Chunk> chunks_;                            // by id
  std::array<std::vector<std::uint32_t>, kShards> ids_;  // by shard and index
  std::uint32_t size_ = 0;
  std::uint32_t gone_ = 0;
};

// What one shard keeps, by its own indices; borrowed. Analyses and sessions are empty where nobody
// asked for them.
struct ShardTables {
  const Tracker* connections = nullptr;
  const Arena<Connection>* past = nullptr;  // instead, of what is past
  const Arena<SequenceAnalysis>* analyses = nullptr;
  const Slab<Quality>* qualities = nullptr;
  const Journal* journal = nullptr;
  const Arena<zeek::TcpSession>* sessions = nullptr;
};

struct Tables {
  std::array<ShardTables, kShards> shards;
  Directory directory;
  std::uint32_t ended = 0;  // of those that left the directory, so many had (Settings::on_end)
};

}  // namespace tapstat::analysis::tcp
