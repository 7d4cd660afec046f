// What the user may set about how connections are followed.
#pragma once

#include "analysis/tcp/timers.h"

namespace tapstat::analysis::zeek {
class TcpSessions;
}

namespace tapstat::analysis::tcp {

class EventLog;
class SegmentLog;

struct Settings {
  Timers timers = kLinuxTimers;
  bool journal = false;   // keep every change of state (Tracker::journal)
  bool analysis = false;  // a SequenceAnalysis of each (Tracker::quality)
  // Told of each segment, and of each event; borrowed. They need the analysis.
  SegmentLog* log = nullptr;
  EventLog* events = nullptr;
  zeek::TcpSessions* sessions = nullptr;  // told of each segment; borrowed
};

}  // namespace tapstat::analysis::tcp
