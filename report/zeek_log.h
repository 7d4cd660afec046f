// `tcp --format zeek`: a conn.log that zeek-cut and Zeek's own readers take.
#pragma once

#include "report/report.h"

namespace tapstat::report {

// The connections of Model::conns, in the order of their first packets; with Report::from, those
// with a packet since; with Report::where, those of the tcp records that it keeps.
void print_zeek_log(const Report& report, Output& out);

}  // namespace tapstat::report
