#include "app/live_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "app/inputs.h"
#include "app/interrupt.h"
#include "app/messages.h"

namespace tapstat::app {
namespace {

using std::chrono::milliseconds;

// How long an interrupt may wait.
constexpr milliseconds kMostWait{100};
constexpr milliseconds kMostWaitOfAudience{30};
// A frame is handed over after that time at the latest, whatever the kernel does meanwhile: packet
// time does not overtake it.
constexpr milliseconds kMostDelay{250};

}  // namespace

capture::Timestamp LiveReader::read_all() {
  const milliseconds most_wait = audience_ != nullptr ? kMostWaitOfAudience : kMostWait;
  while (!interrupted() && !has_enough()) {
    const bool is_idle = !read_some(most_wait);
    const auto now = Clock::now();
    if (now >= next_look_) look_around(now);
    if (audience_ != nullptr) let_look(now, is_idle);
    if (options_.stream) let_tell(now, is_idle);
  }
  read_what_waits();
  progress_.finish();
  capture_.update_counters();
  const capture::Timestamp ended = std::chrono::system_clock::now();
  engine_.advance_to(capture_.now(ended));
  engine_.finish();
  return ended;
}

// Whether there was anything.
bool LiveReader::read_some(milliseconds most_wait) {
  // What comes later is dated later.
  const capture::Timestamp asked = std::chrono::system_clock::now();
  const auto frames = capture_.poll(most_wait, still_wanted());
  if (!frames.empty()) {
    take(frames);
    return true;
  }
  // Without packets time goes on by the clock that dates them.
  engine_.advance_to(capture_.now(asked - kMostDelay));
  return false;
}

// In the kernel, when the user has had enough: as much as a ring may hold, and no more. What came
// last is not handed over yet.
void LiveReader::read_what_waits() {
  constexpr int kMostBatches = 4096;
  constexpr milliseconds kBetween{5};
  capture_.update_counters();
  const auto handed_over = Clock::now() + kMostDelay;
  for (int i = 0; i < kMostBatches && !has_enough() && !capture_.has_all_counted(); ++i) {
    if (!read_some(kBetween) && Clock::now() >= handed_over) return;
  }
}

std::uint64_t LiveReader::still_wanted() const {
  constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
  return options_.most_packets.value_or(kAll) - taken_;
}

void LiveReader::take(std::span<const capture::Frame> frames) {
  taken_ += frames.size();
  if (recorder_ != nullptr) recorder_->write(frames);
  frames = capture_.date();
  if (audience_ != nullptr) audience_->keep(frames);
  engine_.take(frames);
}

// A tenth of the time while packets come, and where none do as long as a packet may wait.
void LiveReader::let_look(Clock::time_point now, bool is_idle) {
  constexpr int kShare = 10;
  constexpr milliseconds kBetween{10}, kIdle{5};
  const auto since = now - last_look_;
  if (!is_idle && since < kBetween) return;
  last_look_ = now;
  if (options_.jobs > 1) engine_.advance_to(capture::Timestamp::min());
  if (const auto opened = audience_->opened(); opened != followed_) {
    followed_ = opened;
    world_.follow(opened.value_or(analysis::tcp::Connection::kNone));
  }
  world_.trim_log();
  const auto budget =
      is_idle ? Clock::duration{kIdle} : std::min<Clock::duration>(since / kShare, kBetween);
  audience_->look(engine_, capture_.now(std::chrono::system_clock::now()), budget, is_idle);
}

// Who is told things (--stream) need not wait for as many packets as make a block. Without packets
// time goes on, and what came before is told with it.
void LiveReader::let_tell(Clock::time_point now, bool is_idle) {
  constexpr milliseconds kBetween{100};
  if (!is_idle && now - last_telling_ < kBetween) return;
  last_telling_ = now;
  if (!is_idle) engine_.advance_to(capture::Timestamp::min());
}

void LiveReader::tell(const std::string& message) {
  if (audience_ != nullptr) return audience_->tell(message);
  progress_.finish();
  complain(message);
}

void LiveReader::look_around(Clock::time_point now) {
  next_look_ = now + std::chrono::seconds{1};
  capture_.update_counters();
  progress_.update_live(taken_, dropped_of(capture_.inputs()).value_or(0));
  for (const capture::Notice& notice : capture_.take_notices()) tell(notice.message);
  if (recorder_ != nullptr) {
    recorder_->flush(now);
    const auto problem = recorder_->problem();
    if (problem && !std::exchange(told_of_problem_, true)) tell(problem->message);
  }
  if (counters_wanted() && audience_ == nullptr) {
    print_counters(capture_.inputs(), recorder_ != nullptr ? recorder_->not_written() : 0);
  }
}

bool LiveReader::has_enough() const {
  if (audience_ != nullptr && audience_->is_leaving()) return true;
  return still_wanted() == 0 || (recorder_ != nullptr && recorder_->is_done());
}

}  // namespace tapstat::app
