// Small files that options name.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace tapstat::app {

// All of it; "-" is a file like any other. Otherwise one sentence that names the path.
[[nodiscard]] tl::expected<std::string, std::string> content_of(const std::string& path);

}  // namespace tapstat::app
