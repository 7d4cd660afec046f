// The other two views of a forwarded connection beside IPVS' own: how the client's socket stands
// and how the real server's does.
#pragma once

#include <optional>

#include "analysis/lvs/overview.h"
#include "analysis/tcp/state.h"
#include "report/report.h"

namespace tapstat::report {

struct EndStates {
  analysis::tcp::State client{}, server{};
};

// By the leg before the director and the one behind it, where that is another. nullopt: it is not
// TCP, or no packet of it was captured.
[[nodiscard]] std::optional<EndStates> end_states(const Report& report,
                                                  const analysis::lvs::Path& path);

}  // namespace tapstat::report
