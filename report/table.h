// A text table whose columns are as wide as their widest cell, as ss prints them.
#pragma once

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

class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // One cell a column.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(Output& out, std::string_view indent = "") const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tapstat::report
