// A crash leaves the terminal as it was before.
#pragma once

#include <termios.h>

namespace tapstat::tui {

// How the terminal behind standard input stands.
struct TerminalState {
  termios settings{};

  [[nodiscard]] static TerminalState now();
};

// From here on a signal that ends the program by a fault restores `before` first, and the screen.
// After curses has begun.
void restore_after_crash(const TerminalState& before);

}  // namespace tapstat::tui
