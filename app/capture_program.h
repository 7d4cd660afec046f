// The copy of this program that may capture: where an administrator lets some users do so, it is
// the copy that has the capabilities, and only their group can run it. This one, which everybody
// runs, has none.
#pragma once

#include <optional>
#include <string>

namespace tapstat::app {

// Where this process lacks CAP_NET_RAW and the copy has file capabilities, goes on as the copy,
// with the arguments `argv`; returns where that is not so or this user may not run it.
void become_capture_program(char* const* argv);

// What gives the right to capture by the copy; nullopt where none is installed.
[[nodiscard]] std::optional<std::string> how_to_run_capture_program();

}  // namespace tapstat::app
