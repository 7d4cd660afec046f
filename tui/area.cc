#include "tui/area.h"

#include <algorithm>

namespace tapstat::tui {

int put(Screen& screen, const Area& area, int row, int column, std::string_view text, Look look,
        int most) {
  if (row < 0 || row >= area.rows || column < 0 || column >= area.columns) return column;
  const int room = std::min(most, area.columns - column);
  return screen.put(area.top + row, area.left + column, text, look, room) - area.left;
}

}  // namespace tapstat::tui
