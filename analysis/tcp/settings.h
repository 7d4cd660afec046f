// What the user may set about how connections are followed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>

#include "analysis/tcp/journal.h"
#include "analysis/tcp/timers.h"

namespace tapstat::analysis::tcp {

class EventLog;
class SegmentLog;

// Told at the end of a block which connections have ended since (Tracker::ended), in the order of
// their last packets, by id, and of packet time: the last time that they can be asked for.
using OnEnd = std::function<void(std::span<const std::uint32_t> ids, capture::Timestamp now)>;

// Told at the end of a block how the journals have changed since, by ids of connections, and of
// packet time: what happened to one connection in the order in which it did, those of several by
// the times that it is about. Borrowed until the call returns. What is told of a connection that
// is forgotten stays as it is.
using OnSteps = std::function<void(std::span<const JournalChange>, capture::Timestamp now)>;

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
  // Empty: what has ended is kept.
  OnEnd on_end{};
  // Needs the journal.
  OnSteps on_steps{};
};

}  // namespace tapstat::analysis::tcp
