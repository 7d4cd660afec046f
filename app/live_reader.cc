#include "app/live_reader.h"

#include <limits>
#include <utility>

#include "app/interrupt.h"
#include "app/messages.h"

namespace tapstat::app {
namespace {

using std::chrono::milliseconds;

// How long an interrupt may wait.
constexpr milliseconds kMostWait{100};
// A frame is handed over after that time at the latest, whatever the kernel does meanwhile: packet
// time does not overtake it.
constexpr milliseconds kMostDelay{250};

}  // namespace

capture::Timestamp LiveReader::read_all() {
  while (!interrupted() && !has_enough()) {
    const auto frames = capture_.poll(kMostWait, still_wanted());
    if (frames.empty()) {
      // Without packets time goes on by the clock that dates them.
      engine_.advance_to(std::chrono::system_clock::now() - kMostDelay);
    } else {
      take(frames);
    }
    const auto now = Clock::now();
    if (now >= next_look_) look_around(now);
  }
  capture_.update_counters();
  const capture::Timestamp ended = std::chrono::system_clock::now();
  engine_.advance_to(ended);
  engine_.finish();
  return ended;
}

std::uint64_t LiveReader::still_wanted() const {
  constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
  return options_.most_packets.value_or(kAll) - taken_;
}

void LiveReader::take(std::span<const capture::Frame> frames) {
  taken_ += frames.size();
  if (recorder_ != nullptr) recorder_->write(frames);
  engine_.take(frames);
}

void LiveReader::look_around(Clock::time_point now) {
  next_look_ = now + std::chrono::seconds{1};
  capture_.update_counters();
  for (const capture::Notice& notice : capture_.take_notices()) complain(notice.message);
  if (recorder_ != nullptr) {
    recorder_->flush(now);
    const auto problem = recorder_->problem();
    if (problem && !std::exchange(told_of_problem_, true)) complain(problem->message);
  }
  if (counters_wanted()) {
    print_counters(capture_.inputs(), recorder_ != nullptr ? recorder_->not_written() : 0);
  }
}

bool LiveReader::has_enough() const {
  return still_wanted() == 0 || (recorder_ != nullptr && recorder_->is_done());
}

}  // namespace tapstat::app
