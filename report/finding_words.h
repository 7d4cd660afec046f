// Findings in words: what each says, with its numbers, and what to do about it.
#pragma once

#include <string>
#include <string_view>

#include "analysis/findings/finding.h"
#include "report/names.h"

namespace tapstat::report {

// What it is about, as other records print it; or, by `names`, for people.
[[nodiscard]] std::string subject_text(const analysis::Subject& subject,
                                       const Names* names = nullptr);

// One sentence, likewise.
[[nodiscard]] std::string finding_text(const analysis::Finding& finding,
                                       const Names* names = nullptr);

// Likewise: what to do.
[[nodiscard]] std::string_view advice_of(analysis::FindingKind kind);

}  // namespace tapstat::report
