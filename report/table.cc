#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "report/text_width.h"

namespace tapstat::report {
namespace {

constexpr std::string_view kPlainAgain = "\x1b[0m";

[[nodiscard]] std::string_view sgr(Role role) {
  switch (role) {
    case Role::quiet:
      return "\x1b[2m";
    case Role::notable:
      return "\x1b[33m";
    case Role::failed:
      return "\x1b[31m";
    case Role::plain:
      break;
  }
  return "";
}

// Writes the cells of one line, each padded to its column; spaces only before more text, so that no
// line ends in them.
class Line {
 public:
  Line(std::string_view indent, bool color) : color_(color) { text_.append(indent); }

  void add(std::string_view cell, Role role, std::size_t width, Align align) {
    const std::size_t own = width_of(cell);
    const std::size_t padding = own < width ? width - own : 0;
    if (align == Align::right) gap_ += padding;
    if (!cell.empty()) {
      for (; gap_ > 0; --gap_) text_.push_back(' ');
      append_cell(text_, cell, role, color_);
    }
    gap_ += (align == Align::right ? 0 : padding) + 2;
  }
  void finish(Output& out) {
    text_.push_back('\n');
    out.write({text_.data(), text_.size()});
  }

 private:
  fmt::memory_buffer text_;
  std::size_t gap_ = 0;
  bool color_;
};

}  // namespace

void append_cell(fmt::memory_buffer& line, std::string_view text, Role role, bool color) {
  const std::string_view on = color ? sgr(role) : "";
  line.append(on);
  line.append(text);
  if (!on.empty()) line.append(kPlainAgain);
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
  for (const Column& column : columns_) widths_.push_back(width_of(column.title));
}

void Table::add(const std::vector<Cell>& cells) {
  measure(cells);
  for (const Cell& cell : cells) {
    cells_.push_back({text_.size(), static_cast<std::uint32_t>(cell.text.size()), cell.role});
    text_ += cell.text;
  }
}

void Output::write_table(const Table& table, bool color, std::string_view indent) {
  table.print_text(*this, color, indent);
}

void Table::print_text(Output& out, bool color, std::string_view indent) const {
  print_header(out, color, indent);
  for (std::size_t row = 0; row < cells_.size(); row += columns_.size()) {
    Line line(indent, color);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Span& cell = cells_[row + i];
      line.add(text_of(cell), cell.role, widths_[i], columns_[i].align);
    }
    line.finish(out);
  }
}

void Table::measure(const std::vector<Cell>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    widths_[i] = std::max(widths_[i], width_of(cells[i].text));
  }
}

void Table::print_header(Output& out, bool color, std::string_view indent) const {
  Line header(indent, color);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    header.add(columns_[i].title, Role::plain, widths_[i], columns_[i].align);
  }
  header.finish(out);
}

void Table::print_row(const std::vector<Cell>& cells, Output& out, bool color) const {
  Line line("", color);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    line.add(cells[i].text, cells[i].role, widths_[i], columns_[i].align);
  }
  line.finish(out);
}

}  // namespace tapstat::report
