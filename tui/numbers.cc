#include "tui/numbers.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>

namespace tapstat::tui {
namespace {

[[nodiscard]] std::string scaled(double n, double step, std::string_view units) {
  std::size_t unit = 0;
  // As it will be rounded: 999.95k is 1.0M.
  while (n >= step - 0.05 && unit + 1 < units.size()) {
    n /= step;
    ++unit;
  }
  if (unit == 0) return fmt::format("{:.0f}", n);
  return fmt::format("{:.{}f}{}", n, n < 99.95 ? 1 : 0, units[unit]);
}

}  // namespace

std::string short_number(double n) { return scaled(n, 1000, " kMGTP"); }

std::string whole_number(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string short_bytes(std::uint64_t bytes) {
  return scaled(static_cast<double>(bytes), 1024, "BKMGTP");
}

std::string short_duration(std::chrono::nanoseconds d) {
  struct Step {
    std::string_view unit;
    double to_next;
  };
  constexpr std::array kSteps = {Step{"ns", 1000}, Step{"us", 1000}, Step{"ms", 1000},
                                 Step{"s", 60},    Step{"min", 60},  Step{"h", 0}};
  const std::string_view sign = d.count() < 0 ? "-" : "";
  auto n = std::abs(static_cast<double>(d.count()));
  std::size_t i = 0;
  // As it will be rounded: 999.95 us is 1.0 ms.
  for (; i + 1 < kSteps.size() && n >= kSteps[i].to_next - 0.05; ++i) n /= kSteps[i].to_next;
  return fmt::format("{}{:.{}f} {}", sign, n, i > 0 && n < 99.95 ? 1 : 0, kSteps[i].unit);
}

}  // namespace tapstat::tui
