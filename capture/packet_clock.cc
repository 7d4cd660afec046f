#include "capture/packet_clock.h"

#include <algorithm>

namespace tapstat::capture {
namespace {

// With it the latest time there is does not overflow.
constexpr std::chrono::nanoseconds kMostAdded =
    kLatest.time_since_epoch() - std::chrono::nanoseconds{1};

}  // namespace

Timestamp PacketClock::date_slowly(Timestamp own, std::uint64_t number, TimeOrder& order) {
  // More than a clock is set; a capture whose dates are noise makes others.
  constexpr std::size_t kMostSteps = 16;
  const auto caught_up = std::find_if(
      lost_.begin(), lost_.end(), [&](std::chrono::nanoseconds b) { return own + b >= latest_; });
  if (caught_up != lost_.end()) {
    added_ = *caught_up;
    lost_.erase(caught_up, lost_.end());
  }
  const Timestamp time = now(own);
  if (time >= latest_) return latest_ = time;
  if (latest_ - time < kLeastClockStep) {
    ++order.out_of_order;
    order.furthest_back = std::max<std::chrono::nanoseconds>(order.furthest_back, latest_ - time);
    return time;
  }
  if (order.steps++ == 0) order.first_step = {number, latest_ - added_, own};
  if (lost_.size() < kMostSteps) lost_.push_back(added_);
  added_ = std::min(latest_ - own, kMostAdded);
  return latest_;
}

}  // namespace tapstat::capture
