// `tcp --format zeek`: a conn.log that zeek-cut and Zeek's own readers take.
#pragma once

#include "report/report.h"

namespace tapstat::report {

// The connections of Model::conns, in the order of their first packets; with Report::from, those
// with a packet since.
void print_zeek_log(const Report& report, Output& out);

}  // namespace tapstat::report
