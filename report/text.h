// The views as text, one function each.
#pragma once

#include <vector>

#include "report/report.h"
#include "report/tally.h"

namespace tapstat::report {

void print_states_text(const Report& report, Output& out);
void print_talkers_text(const Report& report, const std::vector<Talker>& talkers, Output& out);
void print_report_text(const Report& report, Output& out);

}  // namespace tapstat::report
