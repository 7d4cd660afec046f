// --stream: connections are printed as they end, and not kept.
#pragma once

#include <cstdint>
#include <span>

#include "analysis/engine.h"
#include "app/record_query.h"
#include "report/output.h"
#include "report/tcp_stream.h"

namespace tapstat::app {

class Streaming {
 public:
  // All are borrowed.
  Streaming(RecordQuery& query, report::Format format, report::Output& out)
      : query_(query), stream_(format, out) {}

  // Some of the report's connections have ended, as packet time came to `now`.
  void take(report::Report report, std::span<const std::uint32_t> ids, capture::Timestamp now);
  // The input has.
  void finish(const report::Report& report) { stream_.finish(report); }

 private:
  RecordQuery& query_;
  report::TcpStream stream_;
};

}  // namespace tapstat::app
