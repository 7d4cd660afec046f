#include "analysis/tcp/connections.h"

#include "analysis/tcp/tracker.h"

namespace tapstat::analysis::tcp {

Connection Connections::operator[](std::uint32_t id) const {
  const Place place = tables_->directory.place(id);
  const ShardTables& shard = tables_->shards[place.shard()];
  Connection c = shard.past != nullptr ? (*shard.past)[place.index()]
                                       : shard.connections->connection(place.index());
  c.set_id(id);
  return c;
}

std::optional<PlainStates> Connections::plain(std::uint32_t id) const {
  const Place place = tables_->directory.place(id);
  const ShardTables& shard = tables_->shards[place.shard()];
  return shard.past != nullptr ? std::nullopt : shard.connections->plain(place.index());
}

Timestamp Connections::last(std::uint32_t id) const {
  const Place place = tables_->directory.place(id);
  return tables_->shards[place.shard()].connections->last(place.index());
}

void Connections::look_ahead(std::uint32_t id) const {
  constexpr std::uint32_t kStep = 16;
  const auto fetch = [this](std::uint32_t later, auto&& how) {
    if (!has(later)) return;
    const Place place = tables_->directory.place(later);
    const ShardTables& shard = tables_->shards[place.shard()];
    if (shard.past == nullptr) how(*shard.connections, place.index());
  };
  fetch(id + 2 * kStep, [](const Tracker& of, std::uint32_t i) { of.prefetch_record(i); });
  fetch(id + kStep, [](const Tracker& of, std::uint32_t i) { of.prefetch_plain(i); });
}

}  // namespace tapstat::analysis::tcp
