// What the journals of all shards say, by the ids of connections.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "analysis/tcp/journal.h"
#include "analysis/tcp/tables.h"

namespace tapstat::analysis::tcp {

// Borrowed from a Tables or a Journal, and as cheap to copy as a pointer.
class History {
 public:
  // An entry of one of the journals.
  struct Position {
    std::uint32_t shard = 0;
    std::uint32_t index = 0;
  };

  // NOLINTBEGIN(google-explicit-constructor): it is nothing but a way to look at them.
  History(const Tables& tables) : tables_(&tables) {}
  // Of one journal, in which index and id are the same.
  History(const Journal& only) : only_(&only) {}
  // NOLINTEND(google-explicit-constructor)

  // See Journal.
  [[nodiscard]] const Step* at(std::uint32_t id, int end, Timestamp t) const {
    const auto [journal, index] = find(id);
    return journal == nullptr ? nullptr : journal->at(index, end, t);
  }
  [[nodiscard]] std::vector<Step> steps(std::uint32_t id, int end) const {
    const auto [journal, index] = find(id);
    return journal == nullptr ? std::vector<Step>{} : journal->steps(index, end);
  }

  // Calls `f(position, entry, id of its connection)` for each that was not taken back. Those of one
  // end come in the order in which they were made.
  template <typename F>
  void for_each_entry(F&& f) const {
    for (std::uint32_t shard = 0; shard < (only_ != nullptr ? 1 : kShards); ++shard) {
      const auto& entries = journal(shard).entries();
      for (std::uint32_t i = 0; i < entries.size(); ++i) {
        if (!entries[i].taken_back) f(Position{shard, i}, entries[i], id_of({shard, i}));
      }
    }
  }

  [[nodiscard]] const Journal::Entry& operator[](Position at) const {
    return journal(at.shard).entries()[at.index];
  }
  // See Journal.
  [[nodiscard]] StateLeft left_by(Position at) const {
    return journal(at.shard).left_by((*this)[at]);
  }
  // Of the connection whose entry it is.
  [[nodiscard]] std::uint32_t id_of(Position at) const {
    const std::uint32_t index = (*this)[at].connection;
    return only_ != nullptr ? index : tables_->directory.id(at.shard, index);
  }

 private:
  [[nodiscard]] const Journal& journal(std::uint32_t shard) const {
    return only_ != nullptr ? *only_ : *tables_->shards[shard].journal;
  }
  // Nullptr for a connection that was given up.
  [[nodiscard]] std::pair<const Journal*, std::uint32_t> find(std::uint32_t id) const {
    if (only_ != nullptr) return {only_, id};
    if (!tables_->directory.has(id)) return {};
    const Place place = tables_->directory.place(id);
    return {tables_->shards[place.shard()].journal, place.index()};
  }

  const Tables* tables_ = nullptr;
  const Journal* only_ = nullptr;
};

}  // namespace tapstat::analysis::tcp
