// The timers that --stack and --timer set.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "analysis/tcp/timers.h"

namespace tapstat::app {

// "linux", "rfc", "windows" or "bsd"; Linux's for anything else.
[[nodiscard]] analysis::tcp::Timers timers_of(std::string_view stack);

// Sets one: "time_wait=30", "fin_wait2=inf". Otherwise says what is wrong with `setting`.
[[nodiscard]] tl::expected<void, std::string> set_timer(std::string_view setting,
                                                        analysis::tcp::Timers& timers);

}  // namespace tapstat::app
