// What boxes between the ends make of connections: virtual services, and translations of addresses
// that are none.
#pragma once

#include <vector>

#include "analysis/lvs/overview.h"
#include "analysis/model.h"
#include "analysis/nat/translation.h"

namespace tapstat::analysis {

struct Middleboxes {
  lvs::Overview services;
  std::vector<nat::Translation> translations;
};

// Works both out of what was seen; nothing where nobody asked for legs (Wanted). `now` is when
// entries are judged to be expired or not. Costs passes over the legs, sorts of those that are
// forwarded, and the replay of what schedulers may have chosen.
[[nodiscard]] Middleboxes find_middleboxes(const Model& model, capture::Timestamp now);

}  // namespace tapstat::analysis
