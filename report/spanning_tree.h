// The view stp: the spanning trees, as `show spanning-tree` would print them of a whole network.
#pragma once

#include <functional>

#include "analysis/spanning_tree/topology.h"
#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// Calls `f` for each tree that Report::where leaves, as it stands at the instant that is shown.
void for_each_tree(const Report& report,
                   const std::function<void(const analysis::spanning_tree::Topology&)>& f);
// Calls `visit` with what writes the record of each.
void for_each_tree_record(const Report& report,
                          const std::function<void(const WriteRecord&)>& visit);

void print_trees_text(const Report& report, Output& out);
// For Graphviz: View::stp as --format dot.
void print_trees_dot(const Report& report, Output& out);
// The same under a heading, as a part of the report; nothing where there is nothing.
void print_trees_section(const Report& report, Output& out);

}  // namespace tapstat::report
