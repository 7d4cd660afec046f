// View::flows: conversations beside TCP.
#pragma once

#include <cstdint>

#include "analysis/flows/flow.h"
#include "report/json_writer.h"
#include "report/report.h"

namespace tapstat::report {

// Calls `f(flow)` for each one the view shows, in the order of their ids: with Report::from, those
// with a packet since.
template <typename F>
void for_each_flow(const Report& report, F&& f) {
  const auto& flows = report.model.flows;
  for (std::uint32_t i = 0; i < flows.size(); ++i) {
    if (!report.from || *report.from <= flows[i].last()) f(flows[i]);
  }
}

void print_flows_text(const Report& report, Output& out);
void write_flow(const Report& report, const analysis::flows::Flow& flow, JsonWriter& json);

}  // namespace tapstat::report
