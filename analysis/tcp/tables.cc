#include "analysis/tcp/tables.h"

namespace tapstat::analysis::tcp {

void Directory::enter(Place place) {
  if (size_ % kChunk == 0) chunks_.emplace_back().places.reserve(kChunk);
  chunks_.back().places.push_back(place);
  auto& ids = ids_[place.shard()];
  if (ids.size() <= place.index()) ids.resize(place.index() + 1, kNone);
  ids[place.index()] = size_++;
}

void Directory::leave(Place place) {
  std::uint32_t& id = ids_[place.shard()][place.index()];
  Chunk& of_it = chunks_[id / kChunk];
  of_it.places[id % kChunk] = Place::none();
  if (++of_it.left == kChunk) std::vector<Place>().swap(of_it.places);
  id = kNone;
  ++gone_;
}

}  // namespace tapstat::analysis::tcp
