// The TCP state machine as a diagram, with both ends of a connection in it.
#pragma once

#include <string>
#include <vector>

#include "tui/area.h"
#include "tui/screen.h"

namespace tapstat::tui {

// Where one end is, and has been before.
struct Position {
  std::string state;  // as ss writes it; any other text is shown beside the diagram
  std::vector<std::string> visited;
};

struct Positions {
  Position client;
  Position server;
};

// What the diagram takes of that room: the largest of its three drawings that fits, or two lines of
// text.
[[nodiscard]] Size state_machine_size(const Positions& positions, Size room);

// Draws it from the left upper corner of the area. The state of the client is marked with C and
// that of the server with S; states that neither has been in are quiet.
void draw_state_machine(const Positions& positions, const Area& area, bool ascii, Screen& screen);

}  // namespace tapstat::tui
