// --stream: records are printed while the input is still being read.
#pragma once

#include <cstdint>
#include <span>

#include "analysis/engine.h"
#include "app/options.h"
#include "report/output.h"
#include "report/tcp_stream.h"
#include "report/transition_stream.h"

namespace tapstat::app {

class Streaming {
 public:
  // All are borrowed.
  Streaming(Options& options, report::Output& out)
      : query_(options.query),
        view_(options.view),
        connections_(options.format, out),
        transitions_(options.format, out) {}

  // Of the view tcp: some of the report's connections have ended, as packet time came to `now`, and
  // are not kept.
  void take(report::Report report, std::span<const std::uint32_t> ids, capture::Timestamp now);
  // Of the view transitions: what became known of them by then.
  void take(report::Report report, std::span<const analysis::tcp::JournalChange> changes,
            capture::Timestamp now);
  // The input has ended.
  void finish(const report::Report& report);

 private:
  RecordQuery& query_;
  report::View view_;
  report::TcpStream connections_;
  report::TransitionStream transitions_;
};

}  // namespace tapstat::app
