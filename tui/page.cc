#include "tui/page.h"

#include <algorithm>
#include <numeric>

namespace tapstat::tui {
namespace {

[[nodiscard]] std::uint64_t height_of(const std::variant<Line, Table>& part) {
  const auto* table = std::get_if<Table>(&part);
  return table == nullptr ? 1 : table->rows.size() + 1;
}

void put(const Line& line, int row, Screen& screen) {
  int at = 0;
  for (const Text& text : line) at = screen.put(row, at, text.text, text.look);
}

// Returns how many lines it took.
[[nodiscard]] int put(const Table& table, std::uint64_t skipped, Lines lines, bool ascii,
                      Screen& screen) {
  // Its headings take the place of the row that would be first.
  draw(table, skipped, std::nullopt, lines, ascii, screen);
  const std::uint64_t rows = table.rows.size() - skipped;
  return static_cast<int>(
      std::min<std::uint64_t>(rows + 1, static_cast<std::uint64_t>(lines.bottom - lines.top)));
}

}  // namespace

std::uint64_t height_of(const Page& page) {
  return std::accumulate(page.parts.begin(), page.parts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& part) { return sum + height_of(part); });
}

void draw(const Page& page, std::uint64_t from, Lines lines, bool ascii, Screen& screen) {
  for (const auto& part : page.parts) {
    if (lines.top >= lines.bottom) return;
    const std::uint64_t height = height_of(part);
    if (from >= height) {
      from -= height;
      continue;
    }
    if (const auto* line = std::get_if<Line>(&part)) {
      put(*line, lines.top++, screen);
    } else {
      lines.top += put(std::get<Table>(part), from, lines, ascii, screen);
    }
    from = 0;
  }
}

}  // namespace tapstat::tui
