#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tapstat::report {

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::print(Output& out, std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_[i].title.size();
    for (const auto& row : rows_) width = std::max(width, row[i].size());
    widths.push_back(width);
  }
  fmt::memory_buffer text;
  const auto print_row = [&](auto&& cell) {
    text.clear();
    text.append(indent);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string_view value = cell(i);
      const std::string padding(widths[i] - value.size(), ' ');
      if (i > 0) text.append(std::string_view{"  "});
      if (columns_[i].align == Align::right) text.append(padding);
      text.append(value);
      if (columns_[i].align == Align::left && i + 1 < columns_.size()) text.append(padding);
    }
    text.push_back('\n');
    out.write({text.data(), text.size()});
  };
  print_row([&](std::size_t i) { return columns_[i].title; });
  for (const auto& row : rows_) print_row([&](std::size_t i) { return std::string_view{row[i]}; });
}

}  // namespace tapstat::report
