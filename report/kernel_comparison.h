// How what packets tell and what this host's kernel says agree.
#pragma once

#include <cstdint>

#include "report/report.h"

namespace tapstat::report {

// Ends on this host whose connection is at rest, and those of them that are told otherwise.
struct Comparison {
  std::uint64_t compared = 0;
  std::uint64_t different = 0;
};

// Of all connections; Report::kernel is there.
[[nodiscard]] Comparison compare(const Report& report);

}  // namespace tapstat::report
