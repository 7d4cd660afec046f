// The views that there are: what they are called, and what --help says of them.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "report/report.h"

namespace tapstat::app {

struct ViewEntry {
  std::string_view name;             // as the user types it
  std::optional<report::View> view;  // nullopt: the dashboard, which is none of report's
  std::string_view summary;          // at most 65 columns
  std::string_view examples;         // lines: a command, and below it what it is for
};

// All of them, in the order of --help.
[[nodiscard]] std::span<const ViewEntry> views();

// nullptr: none is called that.
[[nodiscard]] const ViewEntry* find_view(std::string_view name);

}  // namespace tapstat::app
