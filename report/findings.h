// The view of what is wrong: analysis::Finding in words.
#pragma once

#include <string>

#include "analysis/findings.h"
#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// What it is about, as other records print it, and what it says in a sentence.
[[nodiscard]] std::string subject_text(const analysis::Finding& finding);
[[nodiscard]] std::string finding_text(const analysis::Finding& finding);

// Those that the view shows.
[[nodiscard]] std::vector<analysis::Finding> findings_of(const Report& report);

void write_finding(const analysis::Finding& finding, RecordWriter& json);
void print_findings_text(const Report& report, Output& out);

}  // namespace tapstat::report
