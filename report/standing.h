// How an end of a connection stands at an instant, and what became of a connection between two.
#pragma once

#include <cstdint>
#include <string_view>

#include "analysis/tcp/standing.h"

namespace tapstat::report {

using analysis::tcp::Standing;
using analysis::tcp::standing_at;

// Of a connection, from one instant to a later one.
enum class Change : std::uint8_t {
  none,               // nothing happened
  active,             // packets, and both ends as they were
  changed,            // an end's state
  opened,             // it began, and is open
  closed,             // it was open, and is over
  opened_and_closed,  // it began, and is over
};

[[nodiscard]] std::string_view name(Change change);

}  // namespace tapstat::report
