// Each event of TCP's analysis, in the order of frames.
#pragma once

#include "report/json_writer.h"
#include "report/report.h"

namespace tapstat::report {

// Calls `f(event)` for each that lies between Report::from and Report::at.
template <typename F>
void for_each_event(const Report& report, F&& f) {
  const auto& events = report.events->events();
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const auto t = events[i].time;
    if ((!report.from || *report.from <= t) && (!report.at || t <= *report.at)) f(events[i]);
  }
}

void write_event(const Report& report, const analysis::tcp::LoggedEvent& event, JsonWriter& json);
void print_events_text(const Report& report, Output& out);

}  // namespace tapstat::report
