#include "app/reader.h"

#include <algorithm>
#include <utility>

#include "app/interrupt.h"
#include "app/progress.h"

namespace tapstat::app {
namespace {

using capture::Frame;
using capture::Source;

[[nodiscard]] capture::Timestamp first_packet(const Source& source) {
  auto first = capture::Timestamp::max();
  for (const capture::InputInfo* input : source.inputs()) {
    if (input->first) first = std::min(first, *input->first);
  }
  return first;
}

}  // namespace

TimeWindow Reader::read_all() {
  Progress progress(!options_.quiet);
  TimeWindow window;
  bool first = true;
  for (auto frames = source_.next_batch(); !frames.empty(); frames = source_.next_batch()) {
    if (std::exchange(first, false)) window = TimeWindow::of(options_, first_packet(source_));
    take(frames, window);
    if (options_.most_packets && taken_ >= *options_.most_packets) break;
    if (interrupted()) break;
    progress.update(taken_, source_.progress());
  }
  progress.finish();
  if (window.end) engine_.advance_to(*window.end);
  return window;
}

// Frames may be out of order by a little, so those past the window's end are left out one by one
// instead of ending the run.
void Reader::take(std::span<const Frame> frames, const TimeWindow& window) {
  if (window.from || window.end) {
    chosen_.assign(frames.begin(), frames.end());
    if (window.end) {
      std::erase_if(chosen_, [&](const Frame& f) { return *window.end < f.time; });
    }
    frames = chosen_;
    if (window.from && !window_open_) {
      const auto inside = std::find_if(frames.begin(), frames.end(),
                                       [&](const Frame& f) { return *window.from <= f.time; });
      const auto before = static_cast<std::size_t>(inside - frames.begin());
      engine_.take(frames.first(before));
      engine_.restart_totals();
      frames = frames.subspan(before);
      window_open_ = !frames.empty();
    }
  }
  if (options_.most_packets) {
    frames = frames.first(std::min<std::uint64_t>(frames.size(), *options_.most_packets - taken_));
  }
  taken_ += frames.size();
  engine_.take(frames);
}

}  // namespace tapstat::app
