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
};

struct Key {
  Special special = Special::none;
  char32_t character = 0;
  friend bool operator==(const Key&, const Key&) = default;
};

}  // namespace tapstat::tui
