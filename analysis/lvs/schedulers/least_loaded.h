// Schedulers that look at what IPVS counts for each destination: lc, wlc, sed, nq, ovf, lblc and
// lblcr (ip_vs_NAME.c of each). All take the first in the list among those that are equally good,
// so a choice says which are, and in which order they stand.
#pragma once

#include "analysis/lvs/schedulers/explanation.h"
#include "analysis/lvs/schedulers/trial.h"

namespace tapstat::analysis::lvs {

// `scheduler` is one of the above.
[[nodiscard]] Explanation explain_by_load(const Sample& sample, Scheduler scheduler);

}  // namespace tapstat::analysis::lvs
