// The JSON records, one function each.
#pragma once

#include "report/json_writer.h"
#include "report/report.h"
#include "report/tally.h"
#include "report/transitions.h"

namespace tapstat::report {

void write_capture(const Report& report, JsonWriter& json);
void write_tcp(const Report& report, const analysis::tcp::Connection& c, JsonWriter& json);
void write_transition(const Transition& transition, JsonWriter& json);
void write_state_count(const Report& report, const StateCount& count, JsonWriter& json);
// The members `vlan` and `tunnel` of what was seen there, where there is something to say, and
// `interfaces` where there is more than one input.
void write_path(const Report& report, decode::VlanStack vlans, decode::TunnelId tunnel,
                JsonWriter& json);
void write_interfaces(const Report& report, std::uint64_t inputs, JsonWriter& json);
// Of View::states over time: as they were at `t`.
void write_state_count_at(capture::Timestamp t, const StateCount& count, JsonWriter& json);

}  // namespace tapstat::report
