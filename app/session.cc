#include "app/session.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
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
[[nodiscard]] std::vector<std::unique_ptr<Source>> open_each(
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

// What can be told before the first frame: a filter that a capture's link type cannot have.
[[nodiscard]] capture::Result<void> check_filter(
    capture::Filter& filter, const std::vector<std::unique_ptr<Source>>& sources) {
  for (const auto& source : sources) {
    for (const capture::InputInfo* input : source->inputs()) {
      for (const capture::LinkType link : input->link_types) {
        if (auto compiled = filter.compile_for(link); !compiled) return compiled;
      }
    }
  }
  return {};
}

struct Inputs {
  std::unique_ptr<Source> source;
  const capture::FilteredSource* filtered = nullptr;  // the source, where there is a filter
  bool all_opened = true;
};

// The code to leave with, once the message is out.
[[nodiscard]] tl::unexpected<ExitCode> leave(ExitCode code, std::string_view message) {
  complain(message);
  return tl::unexpected{code};
}

[[nodiscard]] tl::expected<std::optional<capture::Filter>, ExitCode> compile_filter(
    const std::string& expression) {
  if (expression.empty()) return std::nullopt;
  auto filter = capture::Filter::compile(expression);
  if (!filter) return leave(ExitCode::usage, filter.error().message);
  return std::optional{std::move(*filter)};
}

[[nodiscard]] tl::expected<Inputs, ExitCode> open_inputs(const Options& options,
                                                         std::optional<capture::Filter> filter) {
  auto sources = open_each(options.inputs);
  if (sources.empty()) return tl::unexpected{ExitCode::input_unreadable};
  Inputs inputs;
  inputs.all_opened = sources.size() == options.inputs.size();
  if (filter) {
    if (const auto fits = check_filter(*filter, sources); !fits) {
      return leave(ExitCode::usage, fits.error().message);
    }
  }
  auto merged = capture::merge(std::move(sources));
  if (!merged) return leave(ExitCode::usage, merged.error().message);
  inputs.source = std::move(*merged);
  if (filter) {
    auto filtered =
        std::make_unique<capture::FilteredSource>(std::move(inputs.source), std::move(*filter));
    inputs.filtered = filtered.get();
    inputs.source = std::move(filtered);
  }
  return inputs;
}

// https://no-color.org
[[nodiscard]] bool wants_color(const Options& options) {
  if (options.color != Color::automatic) return options.color == Color::always;
  const char* no_color = std::getenv("NO_COLOR");
  const bool refused = no_color != nullptr && *no_color != '\0';
  return !options.output && !refused && isatty(STDOUT_FILENO) == 1;
}

// Everything that went wrong on the way, worst first in the exit status.
[[nodiscard]] ExitCode conclude(const Inputs& inputs, const capture::Result<void>& written) {
  if (inputs.filtered != nullptr) {
    for (const capture::Error& problem : inputs.filtered->problems()) complain(problem.message);
  }
  const bool damaged = report_damage(*inputs.source);
  if (!written) {
    complain(written.error().message);
    return ExitCode::output_failed;
  }
  if (!inputs.all_opened) return ExitCode::input_unreadable;
  return damaged ? ExitCode::input_damaged : ExitCode::done;
}

}  // namespace

ExitCode run(const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is seen as EPIPE, which is no error
  auto filter = compile_filter(options.filter);
  if (!filter) return filter.error();
  auto output = OutputFile::open(options.output);
  if (!output) return leave(ExitCode::output_failed, output.error().message).value();
  auto inputs = open_inputs(options, std::move(*filter));
  if (!inputs) return inputs.error();

  analysis::Engine engine(random_secret());
  const TimeWindow window = Reader(options, *inputs->source, engine).read_all();
  report::print(
      {engine.model(), inputs->source->inputs(), window.from, options.zone, wants_color(options)},
      options.view, options.format, **output);
  const ExitCode code = conclude(*inputs, (*output)->finish());
  if (!options.quiet) print_counters(engine.model().totals);
  return code;
}

}  // namespace tapstat::app
