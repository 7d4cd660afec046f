#include "app/page_output.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "report/text_width.h"

namespace tapstat::app {
namespace {

constexpr char kEscape = '\x1b';

// What report::append_cell() begins and ends a colour with.
[[nodiscard]] tui::Look look_of_sgr(std::string_view code) {
  if (code == "2") return tui::Look::quiet;
  if (code == "33") return tui::Look::notable;
  if (code == "31") return tui::Look::failed;
  return tui::Look::plain;
}

// The line without its colours, which its pieces have as looks.
[[nodiscard]] tui::Line line_of(std::string_view text) {
  tui::Line line;
  tui::Look look = tui::Look::plain;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(kEscape), text.size());
    if (end > 0) line.push_back({std::string{text.substr(0, end)}, look});
    text.remove_prefix(end);
    const std::size_t last = text.find('m');
    if (last == std::string_view::npos) break;
    look = look_of_sgr(text.substr(2, last - 2));
    text.remove_prefix(last + 1);
  }
  return line;
}

// Where not all columns have room, those on the right go first.
[[nodiscard]] tui::Column column_of(const report::Table& table, std::size_t i) {
  constexpr std::size_t kAlwaysShown = 2;
  const report::Column& column = table.columns()[i];
  return {column.title, column.align == report::Align::right ? tui::Align::right : tui::Align::left,
          static_cast<int>(table.width(i)), i < kAlwaysShown ? 0 : static_cast<int>(i)};
}

}  // namespace

tui::Look look_of(report::Role role) {
  switch (role) {
    case report::Role::quiet:
      return tui::Look::quiet;
    case report::Role::notable:
      return tui::Look::notable;
    case report::Role::failed:
      return tui::Look::failed;
    case report::Role::plain:
      break;
  }
  return tui::Look::plain;
}

// Drawings, and what is indented below them, stay as they are.
void PageOutput::end_line() {
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  while (report::width_of(line_) > width_ && is_letter(line_.front())) {
    const std::size_t end = line_.rfind(' ', width_);
    if (end == std::string::npos) break;
    page_.parts.emplace_back(line_of(line_.substr(0, end)));
    line_.erase(0, end + 1);
  }
  page_.parts.emplace_back(line_of(std::exchange(line_, {})));
}

void PageOutput::write(std::string_view text) {
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    line_ += text.substr(0, end);
    end_line();
    text.remove_prefix(end + 1);
  }
  line_ += text;
}

void PageOutput::write_table(const report::Table& table, bool, std::string_view) {
  if (!line_.empty()) end_line();
  tui::Table shown;
  for (std::size_t i = 0; i < table.columns().size(); ++i) {
    shown.columns.push_back(column_of(table, i));
  }
  shown.sorted = shown.columns.size();  // by none of them
  shown.total = table.rows();
  for (std::size_t row = 0; row < table.rows(); ++row) {
    tui::Row& cells = shown.rows.emplace_back();
    cells.id = row;
    for (std::size_t i = 0; i < shown.columns.size(); ++i) {
      report::Cell cell = table.cell(row, i);
      cells.cells.push_back({std::move(cell.text), look_of(cell.role)});
    }
  }
  page_.parts.emplace_back(std::move(shown));
}

tui::Page PageOutput::take() {
  if (!line_.empty()) end_line();
  return std::exchange(page_, {});
}

}  // namespace tapstat::app
