// View::flows: conversations beside TCP.
#pragma once

#include <cstdint>

#include "analysis/flows/flow.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

void write_flow(const Report& report, const analysis::flows::Flow& flow, RecordWriter& json);

// Calls `f(flow)` for each one the view shows, in the order of their ids: with Report::from, those
// with a packet since.
template <typename F>
void for_each_flow(const Report& report, F&& f) {
  const auto& flows = report.model.flows;
  for (std::uint32_t i = 0; i < flows.size(); ++i) {
    if (report.from && flows[i].last() < *report.from) continue;
    const auto write = [&](RecordWriter& json) { write_flow(report, flows[i], json); };
    if (report.keeps(RecordType::flow, write)) f(flows[i]);
  }
}

void print_flows_text(const Report& report, Output& out);

}  // namespace tapstat::report
