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
  slot(std::clamp(tick(e.deadline), current_, current_ + kSlots - 1)).push_back(e);
  ++pending_;
}

std::vector<TimerWheel::Entry> TimerWheel::take_due(Timestamp now) {
  auto& entries = slot(current_);
  const auto first_due = std::partition(entries.begin(), entries.end(),
                                        [&](const Entry& e) { return e.deadline > now; });
  std::vector<Entry> due(first_due, entries.end());
  entries.erase(first_due, entries.end());
  pending_ -= due.size();
  std::sort(due.begin(), due.end(), [](const Entry& a, const Entry& b) {
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.record < b.record;
  });
  return due;
}

void TimerWheel::turn() {
  // What is left in a slot that is over was clamped to the horizon: file it where it belongs now.
  const std::vector<Entry> clamped = std::exchange(slot(current_), {});
  pending_ -= clamped.size();
  ++current_;
  for (const Entry& e : clamped) place(e);
}

void TimerWheel::leap(Timestamp now) {
  std::vector<Entry> all;
  for (auto& entries : slots_) {
    all.insert(all.end(), entries.begin(), entries.end());
    entries.clear();
  }
  pending_ = 0;
  current_ = tick(now);
  for (const Entry& e : all) place(e);
}

// Exact for the current slot; for a later one its beginning, which is early at most. The current
// slot may hold deadlines beyond the horizon, so that it alone does not tell.
void TimerWheel::find_next() {
  next_ = Timestamp::max();
  for (const Entry& e : slot(current_)) next_ = std::min(next_, e.deadline);
  for (std::int64_t at = current_ + 1; at < current_ + kSlots; ++at) {
    if (slot(at).empty()) continue;
    next_ = std::min(next_, Timestamp{std::chrono::nanoseconds{at << kTickShift}});
    break;
  }
}

}  // namespace tapstat::analysis
