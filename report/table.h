// A text table whose columns are as wide as their widest cell, as ss prints them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "report/output.h"

namespace tapstat::report {

enum class Align : std::uint8_t { left, right };

struct Column {
  std::string_view title;
  Align align = Align::left;
};

// What a cell means, where that deserves a colour.
enum class Role : std::uint8_t {
  plain,
  quiet,    // over and done
  notable,  // worth a look when there are many, or for long
  failed,
};

struct Cell {
  // NOLINTNEXTLINE(google-explicit-constructor): most cells are plain text.
  Cell(std::string t, Role r = Role::plain) : text(std::move(t)), role(r) {}
  std::string text;
  Role role;
};

// Appends `text`, coloured (ECMA-48 SGR) as its role says where `color` allows.
void append_cell(fmt::memory_buffer& line, std::string_view text, Role role, bool color);

class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // One cell a column.
  void add(const std::vector<Cell>& cells);
  void print(Output& out, bool color, std::string_view indent = "") const {
    out.write_table(*this, color, indent);
  }
  void print_text(Output& out, bool color, std::string_view indent) const;

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  // Of the widest cell, and of the title.
  [[nodiscard]] std::size_t width(std::size_t column) const { return widths_[column]; }
  [[nodiscard]] std::size_t rows() const { return cells_.size() / columns_.size(); }
  [[nodiscard]] Cell cell(std::size_t row, std::size_t column) const {
    const Span& span = cells_[row * columns_.size() + column];
    return {std::string{text_of(span)}, span.role};
  }

  // Rows that a text table keeps until it is printed.
  static constexpr std::size_t kMostKept = 1u << 16;
  // `for_each_row(f)` calls `f` with the cells of each row, no more than `rows` of them. Prints a
  // table of these, which is kept meanwhile where it is short enough, and made twice where not.
  template <typename ForEachRow>
  void print_rows(std::size_t rows, ForEachRow&& for_each_row, Output& out, bool color) {
    using Cells = std::vector<Cell>;
    if (rows <= kMostKept) {
      for_each_row([this](const Cells& cells) { add(cells); });
      return print(out, color);
    }
    for_each_row([this](const Cells& cells) { measure(cells); });
    print_header(out, color);
    for_each_row([&](const Cells& cells) { print_row(cells, out, color); });
  }

  // A table too long to keep is made twice: each row measured, then each printed. Where a cell is
  // wider than those that were measured, the rest of its row moves to the right.
  void measure(const std::vector<Cell>& cells);
  void print_header(Output& out, bool color, std::string_view indent = "") const;
  void print_row(const std::vector<Cell>& cells, Output& out, bool color) const;

 private:
  // A cell's text within text_: a table may have as many rows as a capture has connections.
  struct Span {
    std::size_t begin;
    std::uint32_t size;
    Role role;
  };
  [[nodiscard]] std::string_view text_of(const Span& span) const {
    return std::string_view{text_}.substr(span.begin, span.size);
  }

  std::vector<Column> columns_;
  std::vector<std::size_t> widths_;
  std::string text_;
  std::vector<Span> cells_;  // row by row
};

}  // namespace tapstat::report
