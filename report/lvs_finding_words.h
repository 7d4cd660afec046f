// Findings about load balancers and virtual routers in words.
#pragma once

#include <string>
#include <string_view>

#include "analysis/findings/finding.h"
#include "report/names.h"

namespace tapstat::report {

// As finding_text and advice_of; empty for a finding of another family.
[[nodiscard]] std::string lvs_finding_text(const analysis::Finding& finding, const Names* names);
[[nodiscard]] std::string_view lvs_advice_of(analysis::FindingKind kind);

}  // namespace tapstat::report
