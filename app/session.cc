#include "app/session.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <vector>

#include "analysis/engine.h"
#include "app/connection_argument.h"
#include "app/engine_settings.h"
#include "app/interrupt.h"
#include "app/messages.h"
#include "app/output_file.h"
#include "app/reader.h"
#include "app/streaming.h"
#include "app/terminal.h"
#include "capture/filter.h"
#include "capture/merge.h"
#include "capture/open_file.h"
#include "report/forwarded.h"
#include "report/timeline.h"

namespace tapstat::app {
namespace {

using capture::Source;

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

// Told once for all that is printed; nullopt: nobody asked for it.
[[nodiscard]] std::optional<report::Forwarded> forwarded_in(const report::Report& report) {
  if (report.model.legs == nullptr) return std::nullopt;
  const auto last = report.model.totals.last.value_or(capture::Timestamp{});
  return report::Forwarded(report.model, report.at.value_or(last));
}

[[nodiscard]] bool is_ladder(const Options& options) {
  return options.view == report::View::ladder;
}

// Times from the first packet become instants only with it.
[[nodiscard]] capture::Result<void> check_instants(const TimeWindow& window,
                                                   const report::Report& report) {
  constexpr std::uint64_t kMostInstants = 1'000'000;
  if (window.is_backwards()) return tl::unexpected{capture::Error{"--to is earlier than --from"}};
  if (report.every && report::count_instants(report) > kMostInstants) {
    return tl::unexpected{capture::Error{
        fmt::format("--every: that would be {} instants, of which {} are the most; make it longer, "
                    "or ask for a part with --from and --to",
                    report::count_instants(report), kMostInstants)}};
  }
  return {};
}

// What can be told only of an input that was read: whether what the user asked for is in it.
[[nodiscard]] tl::expected<void, ExitCode> check_sense(const Options& options,
                                                       const TimeWindow& window,
                                                       const report::Report& report) {
  if (const auto instants = check_instants(window, report); !instants) {
    return leave(ExitCode::usage, instants.error().message);
  }
  if (!is_ladder(options)) return {};
  const auto found = check_connection(options.connection, *report.log, report.model);
  if (!found) return leave(ExitCode::usage, found.error());
  if (*found && !options.quiet) complain(**found);
  return {};
}

// Everything that went wrong on the way, worst first in the exit status.
[[nodiscard]] ExitCode conclude(const Inputs& inputs, const capture::Result<void>& written,
                                bool as_expected) {
  if (inputs.filtered != nullptr) {
    for (const capture::Error& problem : inputs.filtered->problems()) complain(problem.message);
  }
  const bool damaged = complain_of_damage(*inputs.source);
  if (!written) {
    complain(written.error().message);
    return ExitCode::output_failed;
  }
  if (!as_expected) return ExitCode::expectation_failed;
  const auto infos = inputs.source->inputs();
  const bool all_read = std::none_of(infos.begin(), infos.end(),
                                     [](const auto* input) { return is_all_unknown(*input); });
  if (!inputs.all_opened || !all_read) return ExitCode::input_unreadable;
  return damaged ? ExitCode::input_damaged : ExitCode::done;
}

}  // namespace

ExitCode run(Options options) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is seen as EPIPE, which is no error
  catch_interrupts();
  auto filter = compile_filter(options.filter);
  if (!filter) return filter.error();
  auto output = OutputFile::open(options.output);
  if (!output) return leave(ExitCode::output_failed, output.error().message).value();
  auto inputs = open_inputs(options, std::move(*filter));
  if (!inputs) return inputs.error();

  analysis::tcp::SegmentLog log(options.connection);
  analysis::tcp::EventLog events(logged_events(options));
  analysis::HostNames hosts;
  std::optional<report::Names> names;
  if (options.names) names.emplace(hosts);
  const auto report_of = [&](const analysis::Model& model) {
    return report::Report{.model = model,
                          .inputs = inputs->source->inputs(),
                          .zone = options.zone,
                          .color = wants_color(options),
                          .every = options.every,
                          .log = &log,
                          .width = columns_to_print(),
                          .ascii = options.ascii || !locale_is_utf8(),
                          .names = names ? &*names : nullptr,
                          .intended = options.intended ? &*options.intended : nullptr,
                          .triage = options.triage ? &*options.triage : nullptr};
  };
  analysis::tcp::Settings settings = tcp_settings(options);
  if (is_ladder(options)) settings.log = &log;
  if (needs_event_log(options)) settings.events = &events;
  std::optional<analysis::Engine> engine;
  Streaming streaming(options.query, options.format, **output);
  if (options.stream) {
    settings.on_end = [&](std::span<const std::uint32_t> ids, capture::Timestamp now) {
      const analysis::Model model = engine->model();
      streaming.take(report_of(model), ids, now);
    };
  }
  engine.emplace(random_secret(), settings, what_is_wanted(options),
                 options.names ? &hosts : nullptr);
  Reading reading = Reader(options, *inputs->source, *engine).read_all();
  const analysis::Model model = reading.model(*engine);
  report::Report report = report_of(model);
  report.from = reading.window.from;
  report.at = reading.window.end;
  const auto forwarded = forwarded_in(report);
  if (forwarded) report.forwarded = &*forwarded;
  options.query.apply_to(report);
  if (const auto sense = check_sense(options, reading.window, report); !sense) return sense.error();
  options.stream ? streaming.finish(report)
                 : report::print(report, options.view, options.format, **output);
  options.query.take(report, options.view);
  const auto written = (*output)->finish();
  const ExitCode code = conclude(*inputs, written, options.query.check());
  if (!options.quiet) print_warnings(*inputs->source, model.totals);
  return code;
}

}  // namespace tapstat::app
