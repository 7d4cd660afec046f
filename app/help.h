// What --help prints: the views on one screen, and of each view its options and examples.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace tapstat::app {

// At most 23 lines of 80 columns, so that a terminal of the smallest usual size still has room for
// its prompt.
[[nodiscard]] std::string general_help();

// `view` is a name as the user types it, `app` what declare() filled; the general help where there
// is no such view.
[[nodiscard]] std::string view_help(const CLI::App& app, std::string_view view);

}  // namespace tapstat::app
