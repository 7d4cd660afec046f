// Findings in words: what each says, with its numbers, and what to do about it.
#pragma once

#include <string>
#include <string_view>

#include "analysis/findings/finding.h"

namespace tapstat::report {

// What it is about, as other records print it.
[[nodiscard]] std::string subject_text(const analysis::Subject& subject);

// One sentence.
[[nodiscard]] std::string finding_text(const analysis::Finding& finding);

// Likewise: what to do.
[[nodiscard]] std::string_view advice_of(analysis::FindingKind kind);

}  // namespace tapstat::report
