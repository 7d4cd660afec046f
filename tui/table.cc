#include "tui/table.h"

#include <algorithm>
#include <numeric>

namespace tapstat::tui {
namespace {

constexpr int kGap = 1;  // between columns

// A column that is shown.
struct Placed {
  std::size_t index;
  int at;
  int width;
};

[[nodiscard]] int width_of_all(const std::vector<Column>& columns,
                               const std::vector<std::size_t>& shown) {
  return std::accumulate(shown.begin(), shown.end(), -kGap,
                         [&](int sum, std::size_t i) { return sum + columns[i].width + kGap; });
}

// Makes the widest narrower until all fit, or none has room to spare.
void narrow(std::vector<Column>& columns, const std::vector<std::size_t>& shown, int room) {
  constexpr int kLeast = 4;
  while (width_of_all(columns, shown) > room) {
    Column& widest =
        columns[*std::max_element(shown.begin(), shown.end(), [&](std::size_t a, std::size_t b) {
          return columns[a].width < columns[b].width;
        })];
    if (widest.width <= kLeast) return;
    --widest.width;
  }
}

// Those that fit, in their order; what room is left goes to the columns that are aligned left.
[[nodiscard]] std::vector<Placed> place(std::vector<Column> columns, int room) {
  std::vector<std::size_t> shown(columns.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  while (shown.size() > 1 && width_of_all(columns, shown) > room) {
    const auto least = std::max_element(
        shown.begin(), shown.end(),
        [&](std::size_t a, std::size_t b) { return columns[a].rank < columns[b].rank; });
    if (columns[*least].rank == 0) break;
    shown.erase(least);
  }
  narrow(columns, shown, room);
  const int spare = std::max(0, room - width_of_all(columns, shown));
  const auto lefts = std::count_if(shown.begin(), shown.end(),
                                   [&](std::size_t i) { return columns[i].align == Align::left; });
  const int share = lefts == 0 ? 0 : std::min(spare / static_cast<int>(lefts), 6);
  std::vector<Placed> placed;
  int at = 0;
  for (const std::size_t i : shown) {
    const int width = columns[i].width + (columns[i].align == Align::left ? share : 0);
    placed.push_back({i, at, width});
    at += width + kGap;
  }
  return placed;
}

void put_aligned(Screen& screen, int row, const Placed& column, Align align, std::string_view text,
                 Look look) {
  const int spare = std::max(0, column.width - width_of(text));
  screen.put(row, column.at + (align == Align::right ? spare : 0), text, look, column.width);
}

// The arrow stands where it moves no other title.
[[nodiscard]] std::string heading_of(const Table& table, std::size_t i, bool ascii) {
  std::string title{table.columns[i].title};
  if (i != table.sorted) return title;
  const std::string_view arrow = table.is_descending ? (ascii ? "v" : "▼") : (ascii ? "^" : "▲");
  return title.append(arrow);
}

}  // namespace

void draw(const Table& table, std::uint64_t from, std::optional<RowId> selected, Lines lines,
          bool ascii, Screen& screen) {
  const auto placed = place(table.columns, screen.size().columns);
  for (const Placed& column : placed) {
    put_aligned(screen, lines.top, column, table.columns[column.index].align,
                heading_of(table, column.index, ascii),
                column.index == table.sorted ? Look::sorted : Look::heading);
  }
  int line = lines.top + 1;
  const std::uint64_t skipped = from > table.first ? from - table.first : 0;
  for (std::size_t i = skipped; i < table.rows.size() && line < lines.bottom; ++i) {
    const Row& row = table.rows[i];
    for (const Placed& column : placed) {
      const Text& cell = row.cells[column.index];
      put_aligned(screen, line, column, table.columns[column.index].align, cell.text,
                  row.is_over ? Look::quiet : cell.look);
    }
    if (row.id == selected) screen.paint(line, Look::selected);
    ++line;
  }
}

std::optional<std::size_t> column_at(const Table& table, int column, int width) {
  for (const Placed& placed : place(table.columns, width)) {
    if (placed.at <= column && column < placed.at + placed.width) return placed.index;
  }
  return std::nullopt;
}

}  // namespace tapstat::tui
