// How a connection stands, where that takes no Connection to say.
#pragma once

#include <array>

#include "analysis/tcp/state.h"

namespace tapstat::analysis::tcp {

struct PlainStates {
  int client = 0;               // index of an end
  std::array<State, 2> states;  // by end
};

}  // namespace tapstat::analysis::tcp
