#include "report/time_order.h"

#include <fmt/format.h>

#include "report/time_text.h"

namespace tapstat::report {

std::string out_of_order_text(const capture::TimeOrder& order) {
  if (order.out_of_order == 0) return "";
  return fmt::format("{} packet{} dated earlier than one before, by up to {}", order.out_of_order,
                     order.out_of_order == 1 ? "" : "s", duration_text(order.furthest_back));
}

std::string clock_step_text(const capture::TimeOrder& order) {
  if (!order.first_step) return "";
  const auto& [frame, from, to] = *order.first_step;
  return fmt::format(
      "the clock was set back{} by {} at frame {}; what follows is dated as if it had not been",
      order.steps == 1 ? "" : fmt::format(" {} times, first", order.steps),
      duration_text(from - to), frame);
}

}  // namespace tapstat::report
