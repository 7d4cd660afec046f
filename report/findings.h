// The view of what is wrong: analysis::Finding as a record and as text.
#pragma once

#include <vector>

#include "analysis/findings/finding.h"
#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// Those that the view shows.
[[nodiscard]] std::vector<analysis::Finding> findings_of(const Report& report);

void write_finding(const analysis::Finding& finding, RecordWriter& json);
void print_findings_text(const Report& report, Output& out);
// The same under a heading, as a part of the report; nothing where nothing is wrong.
void print_findings_section(const Report& report, Output& out);

}  // namespace tapstat::report
