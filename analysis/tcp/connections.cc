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

}  // namespace tapstat::analysis::tcp
