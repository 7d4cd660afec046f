// The views as text, one function each.
#pragma once

#include "report/report.h"

namespace tapstat::report {

void print_states_text(const Report& report, Output& out);
void print_report_text(const Report& report, Output& out);

}  // namespace tapstat::report
