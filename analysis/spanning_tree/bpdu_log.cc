#include "analysis/spanning_tree/bpdu_log.h"

namespace tapstat::analysis::spanning_tree {

void BpduLog::see(const capture::Frame& /*frame*/, const decode::Packet& /*packet*/) {}

}  // namespace tapstat::analysis::spanning_tree
