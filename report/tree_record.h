// The record of one spanning tree.
#pragma once

#include "analysis/spanning_tree/topology.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

void write_tree(const Report& report, const analysis::spanning_tree::Topology& tree,
                RecordWriter& json);

}  // namespace tapstat::report
