// What is wrong with the hosts, the path and the capture: every rule asked in turn.
#pragma once

#include <vector>

#include "analysis/findings/finding.h"
#include "analysis/model.h"

namespace tapstat::analysis {

// The most severe first; of equal ones the earliest. Costs one pass over the connections and sorts
// of those that a rule looks at closer. What single packets show (loops, checksums) is there only
// if the engine was told to watch for it.
[[nodiscard]] std::vector<Finding> find_all(const Model& model);

}  // namespace tapstat::analysis
