// Where a view's bytes go. Views format into memory and hand over whole lines.
#pragma once

#include <string_view>

namespace tapstat::report {

class Table;

class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  virtual ~Output() = default;

  // Never fails to its caller: an implementation remembers that writing failed, and takes no more.
  virtual void write(std::string_view text) = 0;
  // A table as a whole; as text, unless an implementation knows a better way to show one. `color`
  // allows ANSI colours (ECMA-48 SGR).
  virtual void write_table(const Table& table, bool color, std::string_view indent);
};

}  // namespace tapstat::report
