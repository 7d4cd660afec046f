// A row of values as a row of small bars.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace tapstat::tui {

// The last `width` of the values, a column each; the greatest of these is as high as it gets, and
// what is not 0 is seen.
[[nodiscard]] std::string sparkline(std::span<const std::uint64_t> values, int width, bool ascii);

// A bar of `width` columns at most, for `value` of `most`.
[[nodiscard]] std::string bar(std::uint64_t value, std::uint64_t most, int width, bool ascii);

}  // namespace tapstat::tui
