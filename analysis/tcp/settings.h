// What the user may set about how connections are followed.
#pragma once

#include <cstddef>
#include <limits>

#include "analysis/tcp/timers.h"

namespace tapstat::analysis::tcp {

class EventLog;
class SegmentLog;

struct Settings {
  Timers timers = kLinuxTimers;
  bool journal = false;   // keep every change of state (Tracker::journal)
  bool analysis = false;  // a SequenceAnalysis of each (Tracker::quality)
  // Told of each segment, and of each event, by id and in the order of frames; borrowed. They need
  // the analysis.
  SegmentLog* log = nullptr;
  EventLog* events = nullptr;
  // Bytes that the connections may take: of more, the ones that matter least are given up (Worth).
  std::size_t memory = std::numeric_limits<std::size_t>::max();
  // How many threads follow them, this one included; what they come to does not depend on it.
  unsigned jobs = 1;
};

}  // namespace tapstat::analysis::tcp
