#include "analysis/timer_wheel.h"

#include <algorithm>
#include <utility>

namespace tapstat::analysis {

void TimerWheel::file(Record record, Timestamp deadline, Timestamp now) {
  if (pending_ == 0) {
    current_ = tick(now);
    next_ = deadline;
  }
  place({deadline, record});
  next_ = std::min(next_, deadline);
}

void TimerWheel::place(Entry e) {
  ++pending_;
  const std::int64_t at = tick(e.deadline);
  if (at <= current_) {
    near_.push_back(e);
    std::push_heap(near_.begin(), near_.end(), Later{});
  } else {
    slot(std::min(at, current_ + kSlots)).push_back(e);
  }
}

TimerWheel::Entry TimerWheel::take_nearest() {
  std::pop_heap(near_.begin(), near_.end(), Later{});
  const Entry e = near_.back();
  near_.pop_back();
  --pending_;
  return e;
}

void TimerWheel::turn() {
  ++current_;
  const std::vector<Entry> entries = std::exchange(slot(current_), {});
  pending_ -= entries.size();
  for (const Entry& e : entries) place(e);
}

void TimerWheel::leap(Timestamp now) {
  std::vector<Entry> all;
  for (auto& entries : slots_) {
    all.insert(all.end(), entries.begin(), entries.end());
    entries.clear();
  }
  pending_ -= all.size();
  current_ = tick(now);
  for (const Entry& e : all) place(e);
}

// Exact for the current tick; for a later one its beginning, which is early at most.
void TimerWheel::find_next() {
  next_ = near_.empty() ? Timestamp::max() : near_.front().deadline;
  if (!near_.empty() || pending_ == 0) return;
  std::int64_t at = current_ + 1;
  while (slot(at).empty()) ++at;
  next_ = Timestamp{std::chrono::nanoseconds{at << kTickShift}};
}

}  // namespace tapstat::analysis
