#include "analysis/neighbors/neighbor_table.h"

namespace tapstat::analysis::neighbors {

void NeighborTable::see(const capture::Frame& /*frame*/, const decode::Packet& /*packet*/) {}

void NeighborTable::see(const capture::Frame& /*frame*/, const decode::Segment& /*segment*/) {}

}  // namespace tapstat::analysis::neighbors
