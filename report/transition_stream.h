// The view transitions while the input is still being read (--stream): each change of state as soon
// as it is known, and each time that what was told turns out otherwise, or is proved.
//
// Whoever applies these records in order (docs/json.md) has, at the end, those of the view.
#pragma once

#include <span>

#include "report/record_stream.h"
#include "report/transitions.h"

namespace tapstat::report {

class TransitionStream {
 public:
  // Text or JSON, into `out`, which is borrowed.
  TransitionStream(Format format, Output& out);

  // What the journals of the report's connections came to, as packet time came to `now`; each
  // change is to be told once, and all of them in order (analysis::tcp::OnSteps).
  void tell(const Report& report, std::span<const analysis::tcp::JournalChange> changes,
            capture::Timestamp now);
  // The input has ended.
  void finish(const Report& report) { stream_.finish(report); }

 private:
  void tell(const Report& report, analysis::tcp::JournalChange::Kind kind, const Transition& t,
            capture::Timestamp now);
  void tell_proved(const Report& report, const Transition& t, capture::Timestamp now);
  void print(const Report& report, const Transition& t);

  RecordStream stream_;
};

}  // namespace tapstat::report
