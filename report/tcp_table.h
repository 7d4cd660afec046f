// The TCP connections as text: a row each, the legs of each below it.
#pragma once

#include "report/output.h"
#include "report/report.h"

namespace tapstat::report {

void print_tcp_text(const Report& report, Output& out);

}  // namespace tapstat::report
