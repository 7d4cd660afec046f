// The JSON records, one function each.
#pragma once

#include "report/json_writer.h"
#include "report/report.h"
#include "report/tally.h"

namespace tapstat::report {

void write_capture(const Report& report, JsonWriter& json);
void write_tcp(const Report& report, const analysis::tcp::Connection& c, JsonWriter& json);
void write_state_count(const StateCount& count, JsonWriter& json);

}  // namespace tapstat::report
