// Where things stand on the dashboard's screen.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "tui/screen.h"

namespace tapstat::tui {

inline constexpr int kTabsRow = 1;
inline constexpr int kBodyRow = 2;
inline constexpr int kFooterRows = 1;

// Between the tabs and the keys.
[[nodiscard]] constexpr int lines_in(Size size) {
  return std::max(1, size.rows - kBodyRow - kFooterRows);
}
// Below the headings of a table there.
[[nodiscard]] constexpr int rows_in(Size size) { return std::max(1, lines_in(size) - 1); }

inline constexpr std::array<std::string_view, 7> kViewNames = {
    "Connections", "States", "ARP/MAC", "STP", "LVS", "Findings", "Talkers"};
inline constexpr std::array<std::string_view, 4> kPartNames = {"Overview", "Ladder", "Graphs",
                                                               "Record"};

}  // namespace tapstat::tui
