// How an end of a connection stands at an instant, and what became of a connection between two.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "analysis/tcp/connection.h"
#include "analysis/tcp/journal.h"

namespace tapstat::report {

struct Standing {
  analysis::tcp::State state = analysis::tcp::State::unknown;
  std::optional<capture::Timestamp> since;  // when `state` began; nullopt while nothing tells it
  bool sure = false;
};

// As the journal has it: UNKNOWN before the end's first step.
[[nodiscard]] Standing standing_at(const analysis::tcp::Journal& journal, std::uint32_t connection,
                                   int end, capture::Timestamp t);

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
