#include "analysis/stations/station_table.h"

namespace tapstat::analysis::stations {

void StationTable::see(const capture::Frame& /*frame*/, const decode::Packet& /*packet*/) {}

void StationTable::see(const capture::Frame& /*frame*/, const decode::Segment& /*segment*/) {}

}  // namespace tapstat::analysis::stations
