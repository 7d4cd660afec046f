// Each event of TCP's analysis, in the order of frames.
#pragma once

#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

void write_event(const Report& report, const analysis::tcp::LoggedEvent& event, RecordWriter& json);

// Calls `f(event)` for each that the view shows: between Report::from and Report::at.
template <typename F>
void for_each_event(const Report& report, F&& f) {
  const auto& events = report.model.events->events();
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const auto t = events[i].time;
    if ((report.from && t < *report.from) || (report.at && *report.at < t)) continue;
    // In a capture out of order, what came later may be dated earlier; others were given up.
    if (!report.model.tcp.connections().has(events[i].connection)) continue;
    const auto write = [&](RecordWriter& json) { write_event(report, events[i], json); };
    if (report.keeps(RecordType::event, write)) f(events[i]);
  }
}

void print_events_text(const Report& report, Output& out);

}  // namespace tapstat::report
