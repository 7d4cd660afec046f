// Feeds the engine the frames that the options ask for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/engine.h"
#include "analysis/snapshot.h"
#include "app/options.h"
#include "app/time_window.h"
#include "capture/source.h"

namespace tapstat::app {

// What a run is to show.
struct Reading {
  TimeWindow window;
  std::optional<analysis::Snapshot> at_end;  // of the window, where frames came after it

  // `engine` is the one that read them.
  [[nodiscard]] analysis::Model model(const analysis::Engine& engine) {
    return at_end ? at_end->model(engine.model()) : engine.model();
  }
};

class Reader {
 public:
  // All three are borrowed.
  Reader(const Options& options, capture::Source& source, analysis::Engine& engine)
      : options_(options), source_(source), engine_(engine) {}

  // To the end of the source, or of the packets asked for, or until the user interrupts: what comes
  // after a window's end tells what was still open then. A window that ends before it begins is not
  // read.
  [[nodiscard]] Reading read_all();

 private:
  void take(std::span<const capture::Frame> frames);
  [[nodiscard]] std::span<const capture::Frame> take_before_window(
      std::span<const capture::Frame> frames);
  void take_across_end(std::span<const capture::Frame> frames);

  const Options& options_;
  capture::Source& source_;
  analysis::Engine& engine_;
  Reading reading_;
  std::vector<capture::Frame> sorted_;
  bool window_open_ = false;
  std::uint64_t taken_ = 0;
};

}  // namespace tapstat::app
