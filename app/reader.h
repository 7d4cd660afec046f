// Feeds the engine the frames that the options ask for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/engine.h"
#include "app/options.h"
#include "app/time_window.h"
#include "capture/source.h"

namespace tapstat::app {

class Reader {
 public:
  // All three are borrowed.
  Reader(const Options& options, capture::Source& source, analysis::Engine& engine)
      : options_(options), source_(source), engine_(engine) {}

  // To the end of the source, of what was asked for, or until the user interrupts.
  [[nodiscard]] TimeWindow read_all();

 private:
  void take(std::span<const capture::Frame> frames, const TimeWindow& window);

  const Options& options_;
  capture::Source& source_;
  analysis::Engine& engine_;
  std::vector<capture::Frame> chosen_;
  bool window_open_ = false;
  std::uint64_t taken_ = 0;
};

}  // namespace tapstat::app
