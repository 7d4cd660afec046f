// Names beside each other, of which one is shown: the views, the parts of one.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "tui/screen.h"

namespace tapstat::tui {

struct Tabs {
  std::span<const std::string_view> names;
  std::size_t shown = 0;  // none, where it is no index
};

// Draws them into a row, numbered from 1; where not all have room, the others than the one that is
// shown are numbers only. Returns the column after them.
int draw(const Tabs& tabs, int row, Screen& screen);

// Which one is at that column, drawn on a screen of that width.
[[nodiscard]] std::optional<std::size_t> tab_at(const Tabs& tabs, int column, int width);

}  // namespace tapstat::tui
