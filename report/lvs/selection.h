// The services and paths that a view shows: those that its options leave.
#pragma once

#include <vector>

#include "analysis/lvs/overview.h"
#include "report/report.h"

namespace tapstat::report {

struct LvsSelection {
  std::vector<const analysis::lvs::Service*> services;  // in the overview's order
  std::vector<const analysis::lvs::Path*> paths;        // likewise

  [[nodiscard]] bool empty() const { return services.empty() && paths.empty(); }
};

// By Report::from and where. Empty where nobody asked for what is forwarded.
[[nodiscard]] LvsSelection select_lvs(const Report& report);

}  // namespace tapstat::report
