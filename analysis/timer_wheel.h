// Deadlines of many records on packet time, at a cost per packet that does not depend on how many.
#pragma once

#include <algorithm>
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

  // Drops those of which `is_stale(record, deadline)`.
  template <typename IsStale>
  void drop_if(IsStale&& is_stale) {
    const auto is_no_more = [&](const Entry& e) { return is_stale(e.record, e.deadline); };
    for (auto& entries : slots_) pending_ -= std::erase_if(entries, is_no_more);
    pending_ -= std::erase_if(near_, is_no_more);
    std::make_heap(near_.begin(), near_.end(), Later{});
    find_next();
  }

  // How many are filed, and what they take.
  [[nodiscard]] std::size_t size() const { return pending_; }
  [[nodiscard]] std::size_t bytes() const { return pending_ * sizeof(Entry); }

  // Whether advance_to(now) has anything to do: one comparison, for every packet.
  [[nodiscard]] bool is_due(Timestamp now) const { return pending_ > 0 && next_ <= now; }

  // Calls `due(record, deadline)` for each record filed at or before `now`, earliest first, with
  // the deadline it was filed under. `due` may file records; those already due come up, too.
  template <typename Due>
  void advance_to(Timestamp now, Due&& due) {
    if (!is_due(now)) return;
    for (int turned = 0;; ++turned) {
      while (!near_.empty() && near_.front().deadline <= now) {
        const Entry e = take_nearest();
        due(e.record, e.deadline);
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
  // The later deadline sinks; of equal ones the later record, so that the order is always the same.
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.deadline != b.deadline ? b.deadline < a.deadline : b.record < a.record;
    }
  };
  // Ticks of about a second. A slot holds what is due in one tick, unsorted; only the tick that
  // time has come to is kept in order. Deadlines beyond the last slot wait in it and are filed
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
  [[nodiscard]] Entry take_nearest();
  void turn();               // to the next tick
  void leap(Timestamp now);  // over more time than the wheel holds
  void find_next();

  std::array<std::vector<Entry>, kSlots> slots_;  // ticks current_ + 1 to current_ + kSlots
  std::vector<Entry> near_;                       // a heap: ticks up to current_
  std::int64_t current_ = 0;  // never beyond the tick of the time it was last advanced to
  std::size_t pending_ = 0;
  Timestamp next_{};  // nothing is due before it
};

}  // namespace tapstat::analysis
