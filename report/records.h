// The JSON records, one function each.
#pragma once

#include "report/record_writer.h"
#include "report/report.h"
#include "report/tally.h"
#include "report/transitions.h"

namespace tapstat::report {

void write_capture(const Report& report, RecordWriter& json);
void write_tcp(const Report& report, const analysis::tcp::Connection& c, RecordWriter& json);
void write_transition(const Transition& transition, RecordWriter& json);
void write_state_count(const Report& report, const StateCount& count, RecordWriter& json);
// Of View::states over time: as they were at `t`.
void write_state_count_at(capture::Timestamp t, const StateCount& count, RecordWriter& json);

}  // namespace tapstat::report
