// What the segments of a connection show over time.
#pragma once

#include <vector>

#include "analysis/tcp/segment_log.h"
#include "tui/graph.h"

namespace tapstat::app {

// Round trips, windows, rates and bytes in flight of both ends, from the first segment that was
// logged to the last, in equal slices of that time. `client` is an index of an end.
[[nodiscard]] std::vector<tui::Series> graphs_of(const analysis::tcp::SegmentLog& log, int client);

}  // namespace tapstat::app
