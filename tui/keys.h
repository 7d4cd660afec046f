// Keys, whatever the terminal calls them.
#pragma once

#include <cstdint>

namespace tapstat::tui {

enum class Special : std::uint8_t {
  none,  // `character` is what was typed
  up,
  down,
  left,
  right,
  page_up,
  page_down,
  home,
  end,
  tab,
  back_tab,
  enter,
  escape,
  backspace,
  resize,
  help,    // F1
  filter,  // F4
  sort,    // F6
  quit,    // F10
  click,   // of a mouse, at `row` and `column`
  wheel_up,
  wheel_down,
};

struct Key {
  Special special = Special::none;
  char32_t character = 0;
  int row = 0, column = 0;  // of the screen, where a mouse was
  friend bool operator==(const Key&, const Key&) = default;
};

}  // namespace tapstat::tui
