// The view bpdus. Each BPDU, field by field.
#pragma once

#include <functional>

#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// Calls `visit` with what writes each record that Report::where leaves, in the order of the view.
void for_each_bpdu_record(const Report& report,
                          const std::function<void(const WriteRecord&)>& visit);
void print_bpdus_text(const Report& report, Output& out);

}  // namespace tapstat::report
