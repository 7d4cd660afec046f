// Segments as a script chooses them, followed in the ways there are: what must hold of connections
// whatever was captured (tests/hostile/tcp_invariants.h) holds after each, and at the end.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/engine.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/segment_log.h"
#include "capture/packet_clock.h"
#include "tests/fuzz/segment_script.h"
#include "tests/hostile/tcp_invariants.h"

namespace {

namespace analysis = tapstat::analysis;
namespace capture = tapstat::capture;
using namespace tapstat::test;

// Each way of following them, side by side.
class Followed {
 public:
  void take(std::span<const capture::Frame> frames) {
    frames_.assign(frames.begin(), frames.end());
    for (capture::Frame& frame : frames_)
      frame.time = clock_.date(frame.time, frame.number, order_);
    for (analysis::Engine* engine : all()) engine->take(frames_);
    for (const capture::Frame& frame : frames_) {
      went_back_ = went_back_ || frame.time < latest_;
      latest_ = std::max(latest_, frame.time);
    }
    check();
  }
  void advance_to(capture::Timestamp own) {
    const capture::Timestamp now = clock_.date(own, 0, order_);
    for (analysis::Engine* engine : all()) engine->advance_to(now);
    latest_ = std::max(latest_, now);
    check();
  }
  void finish() {
    for (analysis::Engine* engine : all()) engine->finish();
    check();
    check_same(plain_.model(), dated_.model());
    for (const analysis::Engine* engine : {&dated_, &followed_, &told_}) {
      check_journal(engine->model());
      check_ends(engine->model());
      if (!went_back_) check_sure_ends(engine->model());
    }
    steps_.check(told_.model());
  }

 private:
  [[nodiscard]] std::array<analysis::Engine*, 5> all() {
    return {&plain_, &dated_, &followed_, &told_, &bounded_};
  }
  void check() {
    plain_counters_.check(plain_.model());
    followed_counters_.check(followed_.model());
    // What is dated before it was seen may be over by the time that it is now: it ends when that is
    // asked, or with the next packet.
    if (!went_back_) check_same_so_far(plain_.model(), followed_.model());
  }

  // What captures are dated by.
  capture::PacketClock clock_;
  capture::TimeOrder order_;
  std::vector<capture::Frame> frames_;
  capture::Timestamp latest_ = capture::Timestamp::min();
  bool went_back_ = false;
  analysis::tcp::SegmentLog log_{analysis::tcp::ConnectionChoice{}};
  analysis::tcp::EventLog events_;
  ToldSteps steps_;
  // Folded up wherever that is possible.
  analysis::Engine plain_{1};
  analysis::Engine dated_{2, {.journal = true}};
  analysis::Engine followed_{3,
                             {.journal = true, .analysis = true, .log = &log_, .events = &events_},
                             {.tcp_sessions = true}};
  analysis::Engine told_{
      4, {.journal = true, .on_steps = [this](const auto& steps, auto) { steps_.take(steps); }}};
  // With no room for more than a few.
  analysis::Engine bounded_{5, {.journal = true, .analysis = true, .memory = 1u << 16}};
  Counters plain_counters_, followed_counters_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SegmentScript script({data, size});
  Followed followed;
  while (const auto frames = script.next()) {
    frames->empty() ? followed.advance_to(script.now()) : followed.take(*frames);
  }
  followed.finish();
  return 0;
}
