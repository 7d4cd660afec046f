#include "analysis/spanning_tree/spanning_trees.h"

namespace tapstat::analysis::spanning_tree {

void SpanningTrees::see(const capture::Frame& /*frame*/, const decode::Packet& /*packet*/) {}

}  // namespace tapstat::analysis::spanning_tree
