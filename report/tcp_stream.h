// The view tcp while the input is still being read (--stream): connections as they end.
#pragma once

#include "report/record_stream.h"

namespace tapstat::report {

class TcpStream {
 public:
  // Text or JSON, into `out`, which is borrowed.
  TcpStream(Format format, Output& out);

  // One of them.
  void print(const Report& report, const analysis::tcp::Connection& c);
  // All that are still there, in the order of ids, once the input has ended.
  void finish(const Report& report);

 private:
  RecordStream stream_;
};

}  // namespace tapstat::report
