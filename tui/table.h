// A table that fits its screen: which of its columns are shown, and where.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tui/screen.h"

namespace tapstat::tui {

enum class Align : std::uint8_t { left, right };

struct Column {
  std::string_view title;
  Align align = Align::left;
  int width = 0;  // of its widest cells, but for rare ones, which are cut
  // On a screen that is too narrow for all, those with the highest go first; 0 stays, and what
  // stays becomes narrower.
  int rank = 0;
};

struct Text {
  std::string text;
  Look look = Look::plain;
};

// By what it is, whatever its place in the table: a connection, an address.
using RowId = std::uint64_t;

struct Row {
  RowId id = 0;
  std::vector<Text> cells;  // one a column
  bool is_over = false;     // about to leave the table
};

struct Table {
  std::vector<Column> columns;
  std::vector<Row> rows;    // from `first` on: as many as somebody asked for
  std::uint64_t first = 0;  // of all
  std::uint64_t total = 0;  // rows there are
  std::size_t sorted = 0;   // by this column
  bool is_descending = false;
};

// Lines of a screen, from `top` on and before `bottom`.
struct Lines {
  int top = 0;
  int bottom = 0;
};

// Draws its header, and its rows from `from` on, into these lines; the row of `selected` stands
// out.
void draw(const Table& table, std::uint64_t from, std::optional<RowId> selected, Lines lines,
          bool ascii, Screen& screen);

// Which of its columns is at that column of a screen of that width.
[[nodiscard]] std::optional<std::size_t> column_at(const Table& table, int column, int width);

}  // namespace tapstat::tui
