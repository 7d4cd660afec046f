// Feeds the engine the frames of interfaces, and a recording, until the user has seen enough.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "analysis/engine.h"
#include "app/options.h"
#include "app/progress.h"
#include "capture/live_capture.h"
#include "capture/recorder.h"

namespace tapstat::app {

// Somebody who looks at the tables between packets.
class Onlooker {
 public:
  Onlooker() = default;
  Onlooker(const Onlooker&) = delete;
  Onlooker& operator=(const Onlooker&) = delete;
  virtual ~Onlooker() = default;

  // For about that long at most: packets are waiting.
  virtual void look(std::chrono::nanoseconds budget) = 0;
  // Whether the user has seen enough.
  [[nodiscard]] virtual bool is_leaving() const = 0;
  // Something happened that the user should know.
  virtual void tell(const std::string& message) = 0;
};

class LiveReader {
 public:
  // All are borrowed; `recorder` and `onlooker`: nullptr for none.
  LiveReader(const Options& options, capture::LiveCapture& capture, analysis::Engine& engine,
             capture::Recorder* recorder, Onlooker* onlooker)
      : options_(options),
        capture_(capture),
        engine_(engine),
        recorder_(recorder),
        onlooker_(onlooker),
        progress_(!options.quiet && onlooker == nullptr) {}

  // Until the user interrupts, or for the packets or files asked for. When that was.
  [[nodiscard]] capture::Timestamp read_all();

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool read_some(std::chrono::milliseconds most_wait);
  void read_what_waits();
  void take(std::span<const capture::Frame> frames);
  void let_look(Clock::time_point now, bool is_idle);
  // Once a second.
  void look_around(Clock::time_point now);
  void tell(const std::string& message);
  [[nodiscard]] std::uint64_t dropped() const;
  [[nodiscard]] std::uint64_t still_wanted() const;  // packets
  [[nodiscard]] bool has_enough() const;

  const Options& options_;
  capture::LiveCapture& capture_;
  analysis::Engine& engine_;
  capture::Recorder* recorder_;
  Onlooker* onlooker_;
  Progress progress_;
  std::uint64_t taken_ = 0;
  Clock::time_point next_look_{};
  Clock::time_point last_look_{};  // of the onlooker
  bool told_of_problem_ = false;
};

}  // namespace tapstat::app
