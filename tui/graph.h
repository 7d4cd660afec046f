// A series of values over time as a graph.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tui/area.h"
#include "tui/screen.h"

namespace tapstat::tui {

enum class Unit : std::uint8_t { number, bytes, nanoseconds };

enum class GraphStyle : std::uint8_t {
  filled,  // from 0 up
  line,    // between the least and the greatest
};

struct Series {
  std::string title;
  Unit unit = Unit::number;
  GraphStyle style = GraphStyle::filled;
  std::vector<double> values;  // oldest first, equally far apart; NaN: there is none
};

// Draws all of its values over the width of the area: where several share a column, the greatest.
// Above stand its title, and its last, greatest and least value. `look` is that of the graph.
void draw_graph(const Series& series, const Area& area, bool ascii, Look look, Screen& screen);

}  // namespace tapstat::tui
