#include "app/session.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <vector>

#include "analysis/engine.h"
#include "app/output_file.h"
#include "app/progress.h"
#include "app/time_window.h"
#include "capture/filter.h"
#include "capture/merge.h"
#include "capture/open_file.h"
#include "decode/decoder.h"
#include "report/link_names.h"

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

[[nodiscard]] std::vector<capture::LinkType> unknown_link_types(const capture::InputInfo& input) {
  std::vector<capture::LinkType> unknown;
  std::copy_if(input.link_types.begin(), input.link_types.end(), std::back_inserter(unknown),
               [](capture::LinkType link) { return !decode::decodes(link); });
  return unknown;
}

// An input of whose packets not one can be decoded is as good as not read.
[[nodiscard]] bool is_all_unknown(const capture::InputInfo& input) {
  return input.packets > 0 && unknown_link_types(input).size() == input.link_types.size();
}

// What a user should know before trusting the output, a line each.
void print_warnings(const Source& source, const analysis::Totals& totals) {
  std::string parts;
  const auto add = [&](std::uint64_t n, std::string_view what) {
    if (n > 0) parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", n, what);
  };
  bool any_unknown = false;
  for (const capture::InputInfo* input : source.inputs()) {
    for (const capture::Error& oddity : input->oddities) complain(oddity.message);
    for (const capture::LinkType link : unknown_link_types(*input)) {
      complain(fmt::format("{}: packets of link type {} ({}) are counted only: no decoder knows it",
                           input->path, static_cast<unsigned>(link), report::link_type_name(link)));
      any_unknown = true;
    }
  }
  if (!any_unknown) add(totals.undecoded, "not understood");
  add(totals.malformed, "malformed");
  add(totals.truncated, "with headers cut off by the snap length");
  if (!parts.empty()) complain(fmt::format("of {} packets {}", totals.packets, parts));
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
  const auto infos = inputs.source->inputs();
  const bool all_read = std::none_of(infos.begin(), infos.end(),
                                     [](const auto* input) { return is_all_unknown(*input); });
  if (!inputs.all_opened || !all_read) return ExitCode::input_unreadable;
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
  if (!options.quiet) print_warnings(*inputs->source, engine.model().totals);
  return code;
}

}  // namespace tapstat::app
