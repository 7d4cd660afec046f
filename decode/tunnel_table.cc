#include "decode/tunnel_table.h"

#include "decode/hash.h"

namespace tapstat::decode {

std::size_t TunnelTable::LinkHash::operator()(const Link& link) const {
  Hash hash;
  hash.mix(link.outer).mix(static_cast<std::uint64_t>(link.hop.kind)).mix(link.hop.id);
  return hash.mix(std::span(link.hop.outer_src)).mix(std::span(link.hop.outer_dst)).value();
}

TunnelId TunnelTable::intern(std::span<const TunnelHop> hops) {
  TunnelId id = 0;
  for (const TunnelHop& hop : hops) {
    const Link link{.outer = id, .hop = hop};
    const auto known = ids_.find(link);
    id = known != ids_.end() ? known->second : add(link);
    if (id == kMaxTunnelIds) break;  // shared by all that came too late
  }
  return id;
}

TunnelId TunnelTable::add(const Link& link) {
  if (hops_.size() >= kMaxTunnelIds) {
    if (hops_.size() == kMaxTunnelIds) hops_.push_back({TunnelHop{}});
    return kMaxTunnelIds;
  }
  const auto id = static_cast<TunnelId>(hops_.size());
  std::vector<TunnelHop> list = hops_[link.outer];
  list.push_back(link.hop);
  hops_.push_back(std::move(list));
  ids_.emplace(link, id);
  return id;
}

const std::vector<TunnelHop>& TunnelTable::hops(TunnelId id) const {
  return hops_[id < hops_.size() ? id : 0];
}

}  // namespace tapstat::decode
