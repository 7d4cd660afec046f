// A part of a screen, which a drawing keeps to.
#pragma once

#include <string_view>

#include "tui/screen.h"

namespace tapstat::tui {

struct Area {
  int top = 0;
  int left = 0;
  int rows = 0;
  int columns = 0;
};

// As Screen::put, with rows and columns of the area; what lies outside it is left out.
int put(Screen& screen, const Area& area, int row, int column, std::string_view text,
        Look look = Look::plain, int most = 1 << 20);

}  // namespace tapstat::tui
