// What --triage takes.
#pragma once

#include <optional>
#include <string_view>

#include "report/lvs/triage.h"

namespace tapstat::app {

// "10.0.0.1", "10.0.0.1:40000", "fd00::1", "[fd00::1]:40000"; nullopt: no such thing.
[[nodiscard]] std::optional<report::ClientChoice> parse_client(std::string_view text);

}  // namespace tapstat::app
