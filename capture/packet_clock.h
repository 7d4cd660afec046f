// Time that goes on where the clock of a capture is set back.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "capture/frame.h"

namespace tapstat::capture {

// A frame that is dated so much earlier than one before it was not delayed on the way here: the
// clock was set back. What is less is out of order.
inline constexpr std::chrono::seconds kLeastClockStep{10};

struct ClockStep {
  std::uint64_t frame = 0;  // the first that is dated by the clock as it was set
  Timestamp from{}, to{};   // what that clock said before, and then
};

// How the dates of an input's frames follow each other.
struct TimeOrder {
  std::uint64_t out_of_order = 0;            // dated earlier than one before
  std::chrono::nanoseconds furthest_back{};  // of these
  std::uint64_t steps = 0;                   // how often the clock was set back
  std::optional<ClockStep> first_step;
};

// Hours that are there twice would end what waits, and last less than nothing. So from a step on
// frames are dated as if the clock had not been set: what it lost is added, until it has caught up
// by itself (a stray frame with an old date, a clock that is set forward again). Frames that are
// out of order keep their dates, and so do those after a jump forwards: a pause looks the same.
class PacketClock {
 public:
  // The date of frame `number`, which its capture dates `own`. At most kLatest.
  [[nodiscard]] Timestamp date(Timestamp own, std::uint64_t number, TimeOrder& order) {
    const Timestamp time = own + added_;
    if (time < latest_ || !lost_.empty()) [[unlikely]]
      return date_slowly(own, number, order);
    latest_ = time;
    return time;
  }
  // What that clock says, as frames would be dated now.
  [[nodiscard]] Timestamp now(Timestamp own) const { return std::min(own + added_, kLatest); }

 private:
  [[nodiscard]] Timestamp date_slowly(Timestamp own, std::uint64_t number, TimeOrder& order);

  Timestamp latest_ = kEarliest;
  std::chrono::nanoseconds added_{};
  // What was added before each step that the clock has not caught up with; bounded.
  std::vector<std::chrono::nanoseconds> lost_;
};

}  // namespace tapstat::capture
