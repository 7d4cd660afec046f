// What the user may set about how connections are followed.
#pragma once

#include "analysis/tcp/timers.h"

namespace tapstat::analysis::zeek {
class TcpSessions;
}

namespace tapstat::analysis::tcp {

class SegmentLog;

struct Settings {
  Timers timers = kLinuxTimers;
  bool journal = false;                   // keep every change of state (Tracker::journal)
  SegmentLog* log = nullptr;              // told of each segment before it is taken; borrowed
  zeek::TcpSessions* sessions = nullptr;  // told of each segment; borrowed
};

}  // namespace tapstat::analysis::tcp
