// How an end of a connection stands at an instant, with hindsight.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/tcp/history.h"
#include "analysis/tcp/state.h"

namespace tapstat::analysis::tcp {

struct Standing {
  State state = State::unknown;
  std::optional<Timestamp> since;  // when `state` began; nullopt while nothing tells it
  bool sure = false;
};

// As the journal has it: UNKNOWN before the end's first step.
[[nodiscard]] Standing standing_at(const History& journal, std::uint32_t connection, int end,
                                   Timestamp t);

}  // namespace tapstat::analysis::tcp
