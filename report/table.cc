#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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

void append_cell(fmt::memory_buffer& line, std::string_view text, Role role, bool color) {
  const std::string_view on = color ? sgr(role) : "";
  line.append(on);
  line.append(text);
  if (!on.empty()) line.append(kPlainAgain);
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::print(Output& out, bool color, std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_[i].title.size();
    for (const auto& row : rows_) width = std::max(width, row[i].text.size());
    widths.push_back(width);
  }
  fmt::memory_buffer line;
  const auto print_row = [&](auto&& text_of, auto&& role_of) {
    line.clear();
    line.append(indent);
    std::size_t gap = 0;  // written only before more text, so that no line ends in spaces
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string_view text = text_of(i);
      const std::size_t padding = widths[i] - text.size();
      const bool right = columns_[i].align == Align::right;
      if (right) gap += padding;
      if (!text.empty()) {
        fmt::format_to(fmt::appender(line), "{:{}}", "", std::exchange(gap, 0));
        append_cell(line, text, role_of(i), color);
      }
      gap += (right ? 0 : padding) + 2;
    }
    line.push_back('\n');
    out.write({line.data(), line.size()});
  };
  print_row([&](std::size_t i) { return columns_[i].title; },
            [](std::size_t) { return Role::plain; });
  for (const auto& row : rows_) {
    print_row([&](std::size_t i) { return std::string_view{row[i].text}; },
              [&](std::size_t i) { return row[i].role; });
  }
}

}  // namespace tapstat::report
