// What some views say: lines of text and tables, below each other, to be scrolled through.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "tui/screen.h"
#include "tui/table.h"

namespace tapstat::tui {

using Line = std::vector<Text>;

struct Page {
  std::vector<std::variant<Line, Table>> parts;
  [[nodiscard]] bool is_empty() const { return parts.empty(); }
};

// Lines it takes on a screen of any width: a table's are its rows and its headings.
[[nodiscard]] std::uint64_t height_of(const Page& page);

// Draws it from its line `from` on. Where that is a row of a table, the headings stay above it.
void draw(const Page& page, std::uint64_t from, Lines lines, bool ascii, Screen& screen);

}  // namespace tapstat::tui
