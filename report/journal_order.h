// The journal's entries in the order of time, over all connections.
#pragma once

#include <vector>

#include "report/report.h"

namespace tapstat::report {

// Of History's entries: by time, then connection, then end, then the order in which the
// end went through them. Those taken back are left out, and what came after Report::at.
[[nodiscard]] std::vector<analysis::tcp::History::Position> entries_in_order(const Report& report);

}  // namespace tapstat::report
