// In words: frames that are out of order, and a clock that was set back while capturing.
#pragma once

#include <string>

#include "capture/packet_clock.h"

namespace tapstat::report {

// Each is empty where there is nothing to say.
[[nodiscard]] std::string out_of_order_text(const capture::TimeOrder& order);
[[nodiscard]] std::string clock_step_text(const capture::TimeOrder& order);

}  // namespace tapstat::report
