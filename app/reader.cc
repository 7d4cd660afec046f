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

// Until when nothing more was seen at any of the inputs, as far as their writers say so.
[[nodiscard]] std::optional<capture::Timestamp> end_of_capture(const Source& source) {
  std::optional<capture::Timestamp> end;
  for (const capture::InputInfo* input : source.inputs()) {
    if (!input->ended) return std::nullopt;
    end = std::min(end.value_or(*input->ended), *input->ended);
  }
  return end;
}

}  // namespace

Reading Reader::read_all() {
  Progress progress(!options_.quiet && !options_.follow);
  bool first = true;
  for (auto frames = source_.next_batch(); !frames.empty(); frames = source_.next_batch()) {
    if (std::exchange(first, false)) {
      reading_.window = TimeWindow::of(options_, first_packet(source_));
      if (reading_.window.is_backwards()) break;
    }
    take(frames);
    if (options_.most_packets && taken_ >= *options_.most_packets) break;
    if (interrupted()) break;
    progress.update(taken_, source_.progress());
  }
  progress.finish();
  const auto& end = reading_.window.end;
  if (end && !reading_.at_end) engine_.advance_to(*end);
  if (const auto ended = end_of_capture(source_); ended && !end) engine_.advance_to(*ended);
  engine_.finish();
  return std::move(reading_);
}

void Reader::take(std::span<const Frame> frames) {
  if (options_.most_packets) {
    frames = frames.first(std::min<std::uint64_t>(frames.size(), *options_.most_packets - taken_));
  }
  taken_ += frames.size();
  if (reading_.window.from && !window_open_) frames = take_before_window(frames);
  const auto& end = reading_.window.end;
  const bool is_past_end =
      end && !reading_.at_end &&
      std::any_of(frames.begin(), frames.end(), [&](const Frame& f) { return *end < f.time; });
  is_past_end ? take_across_end(frames) : engine_.take(frames);
}

// What comes before a window moves states, but is not counted. Returns the rest.
std::span<const Frame> Reader::take_before_window(std::span<const Frame> frames) {
  const auto inside = std::find_if(frames.begin(), frames.end(),
                                   [&](const Frame& f) { return *reading_.window.from <= f.time; });
  const auto before = static_cast<std::size_t>(inside - frames.begin());
  engine_.take(frames.first(before));
  engine_.restart_totals();
  window_open_ = before < frames.size();
  return frames.subspan(before);
}

// Frames may be out of order by a little: those of this batch that belong to the window go first.
void Reader::take_across_end(std::span<const Frame> frames) {
  const capture::Timestamp end = *reading_.window.end;
  sorted_.assign(frames.begin(), frames.end());
  const auto past = std::stable_partition(sorted_.begin(), sorted_.end(),
                                          [&](const Frame& f) { return f.time <= end; });
  const std::span<const Frame> sorted = sorted_;
  const auto inside = static_cast<std::size_t>(past - sorted_.begin());
  engine_.take(sorted.first(inside));
  engine_.advance_to(end);
  reading_.at_end.emplace(engine_.model());
  engine_.take(sorted.subspan(inside));
}

}  // namespace tapstat::app
