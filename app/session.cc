#include "app/session.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <vector>

#include "analysis/engine.h"
#include "app/output_file.h"
#include "app/progress.h"
#include "app/time_window.h"
#include "capture/filter.h"
#include "capture/merge.h"
#include "capture/open_file.h"

namespace tapstat::app {
namespace {

using capture::Frame;
using capture::Source;

void complain(std::string_view message) { fmt::print(stderr, "tapstat: {}\n", message); }

[[nodiscard]] std::uint64_t random_secret() {
  std::uint64_t secret = 0;
  // Without entropy (never, on a Linux that has booted) a fixed key is still a working hash.
  if (getrandom(&secret, sizeof secret, 0) != sizeof secret) secret = 0x9e3779b97f4a7c15u;
  return secret;
}

// Inputs that cannot be opened are complained about and left out.
[[nodiscard]] std::vector<std::unique_ptr<Source>> open_inputs(
    const std::vector<std::string>& paths) {
  std::vector<std::unique_ptr<Source>> sources;
  for (const std::string& path : paths) {
    if (auto source = capture::open_file(path)) {
      sources.push_back(std::move(*source));
    } else {
      complain(source.error().message);
    }
  }
  return sources;
}

[[nodiscard]] capture::Timestamp first_packet(const Source& source) {
  auto first = capture::Timestamp::max();
  for (const capture::InputInfo* input : source.inputs()) {
    if (input->first) first = std::min(first, *input->first);
  }
  return first;
}

// Feeds the engine the frames of the window. Frames may be out of order by a little, so those past
// the window's end are left out one by one instead of ending the run.
class Reader {
 public:
  Reader(const Options& options, Source& source, analysis::Engine& engine)
      : options_(options), source_(source), engine_(engine) {}

  [[nodiscard]] TimeWindow read_all() {
    Progress progress(!options_.quiet);
    TimeWindow window;
    bool first = true;
    for (auto frames = source_.next_batch(); !frames.empty(); frames = source_.next_batch()) {
      if (std::exchange(first, false)) window = TimeWindow::of(options_, first_packet(source_));
      take(frames, window);
      if (options_.most_packets && taken_ >= *options_.most_packets) break;
      progress.update(taken_, source_.progress());
    }
    progress.finish();
    if (window.end) engine_.advance_to(*window.end);
    return window;
  }

 private:
  void take(std::span<const Frame> frames, const TimeWindow& window) {
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
      frames =
          frames.first(std::min<std::uint64_t>(frames.size(), *options_.most_packets - taken_));
    }
    taken_ += frames.size();
    engine_.take(frames);
  }

  const Options& options_;
  Source& source_;
  analysis::Engine& engine_;
  std::vector<Frame> chosen_;
  bool window_open_ = false;
  std::uint64_t taken_ = 0;
};

[[nodiscard]] bool report_damage(const Source& source) {
  bool damaged = false;
  for (const capture::InputInfo* input : source.inputs()) {
    if (!input->damage) continue;
    complain(input->damage->message);
    damaged = true;
  }
  return damaged;
}

void print_counters(const analysis::Totals& totals) {
  std::string text = fmt::format("{} packets analysed", totals.packets);
  const auto add = [&](std::uint64_t n, std::string_view what) {
    if (n > 0) text += fmt::format(", {} {}", n, what);
  };
  add(totals.undecoded, "not understood");
  add(totals.malformed, "malformed");
  add(totals.truncated, "with headers cut off by the snap length");
  complain(text);
}

struct Opened {
  std::unique_ptr<Source> source;
  const capture::FilteredSource* filtered = nullptr;
};

[[nodiscard]] capture::Result<Opened> put_together(std::vector<std::unique_ptr<Source>> sources,
                                                   std::optional<capture::Filter> filter) {
  auto merged = capture::merge(std::move(sources));
  if (!merged) return tl::unexpected{merged.error()};
  if (!filter) return Opened{std::move(*merged)};
  auto filtered = std::make_unique<capture::FilteredSource>(std::move(*merged), std::move(*filter));
  const auto* borrowed = filtered.get();
  return Opened{std::move(filtered), borrowed};
}

}  // namespace

ExitCode run(const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is seen as EPIPE, which is no error
  std::optional<capture::Filter> filter;
  if (!options.filter.empty()) {
    auto compiled = capture::Filter::compile(options.filter);
    if (!compiled) {
      complain(compiled.error().message);
      return ExitCode::usage;
    }
    filter = std::move(*compiled);
  }
  auto output = OutputFile::open(options.output);
  if (!output) {
    complain(output.error().message);
    return ExitCode::output_failed;
  }
  auto sources = open_inputs(options.inputs);
  if (sources.empty()) return ExitCode::input_unreadable;
  const bool all_opened = sources.size() == options.inputs.size();
  auto opened = put_together(std::move(sources), std::move(filter));
  if (!opened) {
    complain(opened.error().message);
    return ExitCode::usage;
  }

  analysis::Engine engine(random_secret());
  Source& source = *opened->source;
  const TimeWindow window = Reader(options, source, engine).read_all();
  report::print({engine.model(), source.inputs(), window.from, options.zone}, options.view,
                options.format, **output);
  const auto written = (*output)->finish();
  if (opened->filtered != nullptr) {
    for (const capture::Error& problem : opened->filtered->problems()) complain(problem.message);
  }
  const bool damaged = report_damage(source);
  if (!options.quiet) print_counters(engine.model().totals);
  if (!written) {
    complain(written.error().message);
    return ExitCode::output_failed;
  }
  if (!all_opened) return ExitCode::input_unreadable;
  return damaged ? ExitCode::input_damaged : ExitCode::done;
}

}  // namespace tapstat::app
