// Feeds the engine the frames of interfaces, and a recording, until the user has seen enough.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "analysis/engine.h"
#include "app/options.h"
#include "capture/live_capture.h"
#include "capture/recorder.h"

namespace tapstat::app {

class LiveReader {
 public:
  // All are borrowed; `recorder`: nullptr for none.
  LiveReader(const Options& options, capture::LiveCapture& capture, analysis::Engine& engine,
             capture::Recorder* recorder)
      : options_(options), capture_(capture), engine_(engine), recorder_(recorder) {}

  // Until the user interrupts, or for the packets or files asked for. When that was.
  [[nodiscard]] capture::Timestamp read_all();

 private:
  using Clock = std::chrono::steady_clock;

  void take(std::span<const capture::Frame> frames);
  // Once a second.
  void look_around(Clock::time_point now);
  [[nodiscard]] std::uint64_t still_wanted() const;  // packets
  [[nodiscard]] bool has_enough() const;

  const Options& options_;
  capture::LiveCapture& capture_;
  analysis::Engine& engine_;
  capture::Recorder* recorder_;
  std::uint64_t taken_ = 0;
  Clock::time_point next_look_{};
  bool told_of_problem_ = false;
};

}  // namespace tapstat::app
