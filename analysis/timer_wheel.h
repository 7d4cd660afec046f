// Deadlines of many records on packet time, at a cost per packet that does not depend on how many.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "capture/frame.h"

namespace tapstat::analysis {

using capture::Timestamp;

// A record is filed once, under its deadline; when that comes the owner is asked anew, and files it
// again if it lived on. So nothing is ever moved when a packet merely extends a deadline.
class TimerWheel {
 public:
  using Record = std::uint32_t;

  // Files `record`. One whose deadline has passed comes up at the next advance_to().
  void file(Record record, Timestamp deadline, Timestamp now);

  // Whether advance_to(now) has anything to do: one comparison, for every packet.
  [[nodiscard]] bool is_due(Timestamp now) const { return pending_ > 0 && next_ <= now; }

  // Calls `due(record, deadline)` for each record filed at or before `now`, earliest first, with
  // the deadline it was filed under. `due` may file records; those already due come up, too.
  template <typename Due>
  void advance_to(Timestamp now, Due&& due) {
    if (!is_due(now)) return;
    for (int turned = 0;; ++turned) {
      for (auto batch = take_due(now); !batch.empty(); batch = take_due(now)) {
        for (const Entry& e : batch) due(e.record, e.deadline);
      }
      if (current_ >= tick(now) || pending_ == 0) break;
      turned < kSlots ? turn() : leap(now);
    }
    find_next();
  }

 private:
  struct Entry {
    Timestamp deadline;
    Record record;
  };
  // Slots of about a second; deadlines beyond the horizon wait in its last slot and are filed
  // again.
  static constexpr int kSlots = 256;
  static constexpr int kTickShift = 30;

  [[nodiscard]] static std::int64_t tick(Timestamp t) {
    return t.time_since_epoch().count() >> kTickShift;
  }
  [[nodiscard]] std::vector<Entry>& slot(std::int64_t at) {
    return slots_[static_cast<std::uint64_t>(at) % kSlots];
  }
  void place(Entry e);
  // Removes the current slot's entries that are due, sorted.
  [[nodiscard]] std::vector<Entry> take_due(Timestamp now);
  void turn();               // to the next slot
  void leap(Timestamp now);  // over more time than the wheel holds
  void find_next();

  std::array<std::vector<Entry>, kSlots> slots_;
  std::int64_t current_ = 0;  // never beyond the tick of the time it was last advanced to
  std::size_t pending_ = 0;
  Timestamp next_{};  // nothing is due before it
};

}  // namespace tapstat::analysis
