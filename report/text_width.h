// How much room text takes on a terminal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace tapstat::report {

// Columns that UTF-8 text of ours takes on a terminal: one a character.
[[nodiscard]] inline std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;  // no continuation byte
  }));
}

}  // namespace tapstat::report
