// One connection, as the dashboard tells of it.
#pragma once

#include <cstdint>

#include "report/report.h"
#include "tui/picture.h"

namespace tapstat::app {

// Of the connection with that id: who it is, how its ends stand, and the part that is asked for.
// Its segments are those of Report::log, where that follows it.
[[nodiscard]] tui::Detail detail_of(const report::Report& report, std::uint32_t id, tui::Part part,
                                    int columns);

}  // namespace tapstat::app
