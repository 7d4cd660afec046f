// Schedulers that hash the client: sh and mh (ip_vs_sh.c, ip_vs_mh.c), with or without its port.
#pragma once

#include "analysis/lvs/schedulers/explanation.h"
#include "analysis/lvs/schedulers/trial.h"

namespace tapstat::analysis::lvs {

// The table of 256 replayed: its order and weights are searched.
[[nodiscard]] Explanation explain_by_sh(const Sample& sample);

// The Maglev table replayed where the servers' addresses are known. Without them all that can be
// told is whether a client always gets the same server.
[[nodiscard]] Explanation explain_by_mh(const Sample& sample);

}  // namespace tapstat::analysis::lvs
