// The findings about spanning trees in words.
#pragma once

#include <string>
#include <string_view>

#include "analysis/findings/finding.h"

namespace tapstat::report {

// One sentence; empty for a finding that is about something else.
[[nodiscard]] std::string tree_finding_text(const analysis::Finding& finding);
// What to do; likewise.
[[nodiscard]] std::string_view tree_advice(analysis::FindingKind kind);

}  // namespace tapstat::report
