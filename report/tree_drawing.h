// A spanning tree as a drawing in text: the root on top, below each bridge the segments it serves.
#pragma once

#include "analysis/spanning_tree/topology.h"
#include "report/output.h"
#include "report/report.h"

namespace tapstat::report {

// With box characters, or plain ones where Report::ascii says so.
void draw_tree(const Report& report, const analysis::spanning_tree::Topology& tree, Output& out);

}  // namespace tapstat::report
