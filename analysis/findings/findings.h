// What is wrong with the hosts, the path and the capture: every rule asked in turn.
#pragma once

#include <vector>

#include "analysis/findings/finding.h"
#include "analysis/findings/period.h"
#include "analysis/middleboxes.h"
#include "analysis/model.h"

namespace tapstat::analysis {

// The most severe first; of equal ones the earliest. Costs one pass over the connections and sorts
// of those that a rule looks at closer. What single packets show (loops, checksums) is there only
// if the engine was told to watch for it.
//
// Of a period whatever begins within it is told, and what is known of a connection as a whole if
// that has a packet there.
//
// `known` is find_middleboxes() of the model at the period's end, from who has it already.
[[nodiscard]] std::vector<Finding> find_all(const Model& model, const Period& period = {},
                                            const Middleboxes* known = nullptr);

}  // namespace tapstat::analysis
