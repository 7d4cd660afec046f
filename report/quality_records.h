// What the records of connections say of how well they did: events, round trips, loss.
#pragma once

#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// Members of the object of end `i`: of what it sent. Nothing where the engine did not look.
void write_end_quality(const Report& report, const analysis::tcp::Connection& c, int i,
                       RecordWriter& json);

// Members of the record itself: of both directions.
void write_quality(const Report& report, const analysis::tcp::Connection& c, RecordWriter& json);

}  // namespace tapstat::report
