#include "analysis/tcp/path_ids.h"

namespace tapstat::analysis::tcp {

std::uint16_t PathIds::find(decode::VlanStack vlans, decode::TunnelId tunnel) {
  const auto hash = static_cast<std::uint32_t>(hash_.add(hash_.add(0, vlans.packed()), tunnel));
  const std::uint32_t found = index_.find(hash, [&](std::uint32_t i) {
    return paths_[i].vlans == vlans && paths_[i].tunnel == tunnel;
  });
  if (found != FlowIndex::kNone) return static_cast<std::uint16_t>(kFirst + found);
  if (paths_.size() >= kMost) return kMany;
  const auto index = static_cast<std::uint32_t>(paths_.size());
  paths_.push_back({vlans, tunnel});
  index_.insert(hash, index);
  return static_cast<std::uint16_t>(kFirst + index);
}

}  // namespace tapstat::analysis::tcp
