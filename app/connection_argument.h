// Which connection a ladder draws: --connection, and what to say where it names none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "analysis/model.h"
#include "analysis/tcp/segment_log.h"

namespace tapstat::app {

// "12", "10.0.0.1:40000-10.0.0.2:80" or "[::1]:80-[::2]:81", in either order. nullopt for anything
// else.
[[nodiscard]] std::optional<analysis::tcp::ConnectionChoice> parse_connection(
    std::string_view text);

// Whether `log` holds the connection that was meant, and `model` has it; else what is wrong. A
// sentence where it is only one of several.
[[nodiscard]] tl::expected<std::optional<std::string>, std::string> check_connection(
    const analysis::tcp::ConnectionChoice& choice, const analysis::tcp::SegmentLog& log,
    const analysis::Model& model);

}  // namespace tapstat::app
