// Feeds the engine the frames of interfaces, and a recording, until the user has seen enough.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "app/audience.h"
#include "app/options.h"
#include "app/progress.h"
#include "app/world.h"
#include "capture/live_capture.h"
#include "capture/recorder.h"

namespace tapstat::app {

class LiveReader {
 public:
  // All are borrowed; `recorder` and `audience`: nullptr for none.
  LiveReader(const Options& options, World& world, capture::Recorder* recorder, Audience* audience)
      : options_(options),
        world_(world),
        capture_(*world.inputs().live),
        engine_(world.engine()),
        recorder_(recorder),
        audience_(audience),
        progress_(!options.quiet && audience == nullptr) {}

  // Until the user interrupts, or for the packets or files asked for. When that was.
  [[nodiscard]] capture::Timestamp read_all();

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool read_some(std::chrono::milliseconds most_wait);
  void read_what_waits();
  void take(std::span<const capture::Frame> frames);
  void let_look(Clock::time_point now, bool is_idle);
  void let_tell(Clock::time_point now, bool is_idle);
  // Once a second.
  void look_around(Clock::time_point now);
  void tell(const std::string& message);
  [[nodiscard]] std::uint64_t still_wanted() const;  // packets
  [[nodiscard]] bool has_enough() const;

  const Options& options_;
  World& world_;
  capture::LiveCapture& capture_;
  analysis::Engine& engine_;
  capture::Recorder* recorder_;
  Audience* audience_;
  Progress progress_;
  std::uint64_t taken_ = 0;
  Clock::time_point next_look_{};
  Clock::time_point last_look_{};          // of the audience
  Clock::time_point last_telling_{};       // of what is told while it happens
  std::optional<std::uint32_t> followed_;  // connection
  bool told_of_problem_ = false;
};

}  // namespace tapstat::app
