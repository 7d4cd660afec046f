// Addresses with ports as users write them.
#pragma once

#include <optional>
#include <string_view>

#include "analysis/socket.h"

namespace tapstat::report {

// "10.0.0.1:80", "[fd00::1]:80"; nullopt: no such thing.
[[nodiscard]] std::optional<analysis::Socket> parse_socket(std::string_view text);

}  // namespace tapstat::report
