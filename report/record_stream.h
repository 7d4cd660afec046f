// Records that are printed while the input is still being read (--stream): what their views share.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "report/json_writer.h"
#include "report/output.h"
#include "report/report.h"
#include "report/table.h"

namespace tapstat::report {

class RecordStream {
 public:
  // The table that text goes into, as wide as nearly all rows will need it.
  using MakeTable = std::function<Table(const Report&)>;

  // Text or JSON, into `out`, which is borrowed.
  RecordStream(Format format, Output& out, MakeTable make_table)
      : format_(format), out_(out), make_table_(std::move(make_table)) {}

  // One record: of text the row that `row()` makes, of JSON what `record` writes.
  template <typename MakeRow>
  void print(const Report& report, MakeRow&& row, const WriteRecord& record) {
    begin(report);
    if (table_) return table_->print_row(row(), out_, report.color);
    write(record);
  }
  // Once the input has ended. Of JSON's two capture records, the first line and the last, this one
  // has what was counted.
  void finish(const Report& report);

 private:
  void begin(const Report& report);
  void write(const WriteRecord& record);

  Format format_;
  Output& out_;
  MakeTable make_table_;
  std::optional<Table> table_;  // of text; empty before the first row
  JsonWriter json_;
  bool has_begun_ = false;
};

}  // namespace tapstat::report
