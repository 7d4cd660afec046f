// Connections whose addresses a box rewrites: which of them it does as a director, for a virtual
// service, and which as any other translator.
#pragma once

#include <map>
#include <vector>

#include "analysis/forwarding/handover.h"
#include "analysis/model.h"

namespace tapstat::analysis::lvs {

struct Rewritten {
  std::vector<forwarding::Handover> services, others;  // in the order of their near legs
};

// A virtual service is an address and port behind which several real servers get connections, or
// one that directors tell one another of (SyncTable), or behind which clients' addresses are
// carried along (TOA).
[[nodiscard]] Rewritten split_rewritten(const Model& model);

}  // namespace tapstat::analysis::lvs
