// One connection, as far as the dashboard tells of it.
#pragma once

#include <string>
#include <vector>

#include "tui/graph.h"
#include "tui/page.h"
#include "tui/state_machine.h"
#include "tui/table.h"

namespace tapstat::tui {

struct Detail {
  RowId id = 0;
  std::string title;      // its two ends
  bool is_there = false;  // it may not have begun, or been given up
  Positions positions;
  Page summary;
  Page ladder;
  std::vector<Series> graphs;
  Page record;  // every field
};

}  // namespace tapstat::tui
