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
// How far the clock of input `i` is ahead of the first one's, as packets seen at both tell.
[[nodiscard]] std::optional<std::chrono::nanoseconds> clock_offset(const Report& report,
                                                                   std::size_t i);
// The member `name`, where it is known.
void write_name(const Names& names, const analysis::IpAddress& a, RecordWriter& json);
// The members `vlan` and `tunnel` of what was seen there, where there is something to say, and
// `interfaces` where there is more than one input.
void write_path(const Report& report, decode::VlanStack vlans, decode::TunnelId tunnel,
                RecordWriter& json);
void write_interfaces(const Report& report, std::uint64_t inputs, RecordWriter& json);
// Of View::states over time: as they were at `t`.
void write_state_count_at(capture::Timestamp t, const StateCount& count, RecordWriter& json);

}  // namespace tapstat::report
