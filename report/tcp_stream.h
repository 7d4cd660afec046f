// The view tcp while the input is still being read (--stream): connections as they end.
#pragma once

#include <optional>

#include "report/json_writer.h"
#include "report/output.h"
#include "report/report.h"
#include "report/table.h"

namespace tapstat::report {

class TcpStream {
 public:
  // Text or JSON, into `out`, which is borrowed.
  TcpStream(Format format, Output& out) : format_(format), out_(out) {}

  // One of them.
  void print(const Report& report, const analysis::tcp::Connection& c);
  // All that are still there, in the order of ids, once the input has ended. Of JSON's two capture
  // records, the first line and the last, this one has what was counted.
  void finish(const Report& report);

 private:
  void begin(const Report& report);
  void write(const WriteRecord& record);

  Format format_;
  Output& out_;
  std::optional<Table> table_;  // of text; empty before the first row
  JsonWriter json_;
  bool has_begun_ = false;
};

}  // namespace tapstat::report
