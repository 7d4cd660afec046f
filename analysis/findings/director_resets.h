// Resets that directors send themselves: they have no entry for a connection that both ends still
// have, and its packets end up at the director's own TCP.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/findings/virtual_servers.h"

namespace tapstat::analysis {

struct DirectorReset {
  std::uint32_t leg = forwarding::kNoLeg;
  const lvs::Service* service = nullptr;
  Evidence evidence;
  std::optional<std::chrono::nanoseconds> silence{};  // before it; nullopt: not known
  bool is_after_failover =
      false;  // a virtual router with that address changed its master meanwhile
};

// In the order of their legs.
[[nodiscard]] std::vector<DirectorReset> find_director_resets(const Inquiry& inquiry,
                                                              const VirtualServers& servers);

}  // namespace tapstat::analysis
