#include "app/session.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include "analysis/engine.h"
#include "app/connection_argument.h"
#include "app/engine_settings.h"
#include "app/inputs.h"
#include "app/interrupt.h"
#include "app/live_reader.h"
#include "app/messages.h"
#include "app/output_file.h"
#include "app/privileges.h"
#include "app/reader.h"
#include "app/streaming.h"
#include "app/system_calls.h"
#include "app/terminal.h"
#include "app/top.h"
#include "capture/recorder.h"
#include "report/forwarded.h"
#include "report/timeline.h"

namespace tapstat::app {
namespace {

[[nodiscard]] std::uint64_t random_secret() {
  std::uint64_t secret = 0;
  // Without entropy (never, on a Linux that has booted) a fixed key is still a working hash.
  if (getrandom(&secret, sizeof secret, 0) != sizeof secret) secret = 0x9e3779b97f4a7c15u;
  return secret;
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

// What an interface has to say of itself in a recording.
[[nodiscard]] std::vector<capture::WrittenInterface> written_interfaces(const Inputs& inputs) {
  std::vector<capture::WrittenInterface> all;
  for (const capture::InputInfo* input : inputs.infos()) {
    const auto link = input->link_types.empty() ? capture::LinkType{} : input->link_types.front();
    all.push_back({input->path, link, input->snaplen});
  }
  return all;
}

[[nodiscard]] std::vector<capture::InterfaceStatistics> statistics_of(const Inputs& inputs) {
  std::vector<capture::InterfaceStatistics> all;
  for (const capture::InputInfo* input : inputs.infos()) {
    all.push_back({input->received, input->kernel_dropped, input->interface_dropped});
  }
  return all;
}

// One run: the engine and what it is fed with, and the report of what came of it.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the engine keeps threads apart
class Session {
 public:
  // All are borrowed.
  Session(Options& options, const Inputs& inputs, OutputFile& output);

  // Reads what there is to read. An error is the code to leave with.
  [[nodiscard]] tl::expected<void, ExitCode> read();
  // Prints, and says what went wrong on the way.
  [[nodiscard]] ExitCode finish();

 private:
  [[nodiscard]] analysis::tcp::Settings settings();
  [[nodiscard]] report::Report report_of(const analysis::Model& model) const;
  [[nodiscard]] tl::expected<void, ExitCode> read_live();
  [[nodiscard]] tl::expected<void, ExitCode> open_the_last();
  [[nodiscard]] tl::expected<void, ExitCode> check_sense(const report::Report& report) const;
  void print(const report::Report& report);
  [[nodiscard]] ExitCode judge(bool as_expected);

  Options& options_;
  const Inputs& inputs_;
  OutputFile& output_;
  const bool color_, ascii_;
  const std::size_t width_;
  analysis::tcp::SegmentLog log_;
  analysis::tcp::EventLog events_;
  analysis::HostNames hosts_;
  std::optional<report::Names> names_;
  Streaming streaming_;
  analysis::Engine engine_;
  std::unique_ptr<capture::Recorder> recorder_;
  std::unique_ptr<Top> top_;  // of a live run
  Reading reading_;
  capture::Timestamp ended_{};  // a live run
};

Session::Session(Options& options, const Inputs& inputs, OutputFile& output)
    : options_(options),
      inputs_(inputs),
      output_(output),
      color_(wants_color(options)),
      ascii_(options.ascii || !locale_is_utf8()),
      width_(columns_to_print()),
      log_(options.connection),
      events_(logged_events(options)),
      streaming_(options.query, options.format, output),
      engine_(random_secret(), settings(), what_is_wanted(options),
              options.names ? &hosts_ : nullptr) {
  if (options.names) names_.emplace(hosts_);
}

analysis::tcp::Settings Session::settings() {
  analysis::tcp::Settings settings = tcp_settings(options_);
  if (is_ladder(options_)) settings.log = &log_;
  if (needs_event_log(options_)) settings.events = &events_;
  if (options_.stream) {
    settings.on_end = [this](std::span<const std::uint32_t> ids, capture::Timestamp now) {
      const analysis::Model model = engine_.model();
      streaming_.take(report_of(model), ids, now);
      if (options_.is_live()) output_.flush();  // whoever looks on sees it end
    };
  }
  return settings;
}

report::Report Session::report_of(const analysis::Model& model) const {
  return {.model = model,
          .inputs = inputs_.infos(),
          .from = reading_.window.from,
          .zone = options_.zone,
          .color = color_,
          .at = reading_.window.end,
          .every = options_.every,
          .log = &log_,
          .width = width_,
          .ascii = ascii_,
          .names = names_ ? &*names_ : nullptr,
          .intended = options_.intended ? &*options_.intended : nullptr,
          .triage = options_.triage ? &*options_.triage : nullptr};
}

tl::expected<void, ExitCode> Session::read() {
  if (inputs_.live) return read_live();
  reading_ = Reader(options_, *inputs_.source, engine_).read_all();
  return {};
}

tl::expected<void, ExitCode> Session::read_live() {
  if (auto opened = open_the_last(); !opened) return opened;
  if (!options_.quiet && !options_.is_dashboard) announce(inputs_.infos());
  ended_ = LiveReader(options_, *inputs_.live, engine_, recorder_.get(), top_.get()).read_all();
  top_.reset();
  return {};
}

// From here on nothing is opened but what a recording goes on in.
tl::expected<void, ExitCode> Session::open_the_last() {
  tzset();
  if (names_) names_->load();
  if (options_.recording) {
    options_.recording->start = std::chrono::system_clock::now();
    auto recorder = capture::Recorder::open(*options_.recording, written_interfaces(inputs_));
    if (!recorder) return leave(ExitCode::output_failed, recorder.error().message);
    recorder_ = std::move(*recorder);
  }
  if (options_.is_dashboard) {
    auto terminal = tui::Terminal::open(color_);
    if (!terminal) return leave(ExitCode::usage, terminal.error());
    const auto make = [this](const analysis::Model& model) { return report_of(model); };
    top_ = std::make_unique<Top>(std::move(*terminal), ascii_, engine_, make);
  }
  if (const auto allowed = allow_only_needed_calls(recorder_ != nullptr); !allowed) {
    top_.reset();
    return leave(ExitCode::usage, allowed.error().message);
  }
  return {};
}

// What can be told only of an input that was read: whether what the user asked for is in it.
tl::expected<void, ExitCode> Session::check_sense(const report::Report& report) const {
  if (const auto instants = check_instants(reading_.window, report); !instants) {
    return leave(ExitCode::usage, instants.error().message);
  }
  if (!is_ladder(options_)) return {};
  const auto found = check_connection(options_.connection, *report.log, report.model);
  if (!found) return leave(ExitCode::usage, found.error());
  if (*found && !options_.quiet) complain(**found);
  return {};
}

ExitCode Session::finish() {
  if (options_.is_dashboard) return judge(true);  // it has shown all there is to show
  const analysis::Model model = reading_.model(engine_);
  report::Report report = report_of(model);
  const auto forwarded = forwarded_in(report);
  if (forwarded) report.forwarded = &*forwarded;
  options_.query.apply_to(report);
  const auto sense = check_sense(report);
  if (sense) print(report);
  const ExitCode code = judge(options_.query.check());
  if (!sense) return sense.error();
  if (!options_.quiet) print_warnings(report.inputs, model.totals);
  return code;
}

void Session::print(const report::Report& report) {
  if (options_.stream) {
    streaming_.finish(report);
  } else {
    report::print(report, options_.view, options_.format, output_);
  }
  options_.query.take(report, options_.view);
}

// Everything that went wrong on the way, worst first in the exit status.
ExitCode Session::judge(bool as_expected) {
  const auto written = output_.finish();
  const auto recorded =
      recorder_ ? recorder_->finish(ended_, statistics_of(inputs_)) : capture::Result<void>{};
  const auto infos = inputs_.infos();
  if (inputs_.live) print_counters(infos, recorder_ ? recorder_->not_written() : 0);
  if (inputs_.filtered != nullptr) {
    for (const capture::Error& problem : inputs_.filtered->problems()) complain(problem.message);
  }
  const bool damaged = complain_of_damage(infos);
  for (const auto* result : {&written, &recorded}) {
    if (!*result) complain(result->error().message);
  }
  if (!written || !recorded) return ExitCode::output_failed;
  if (!as_expected) return ExitCode::expectation_failed;
  const bool all_read = std::none_of(infos.begin(), infos.end(),
                                     [](const auto* input) { return is_all_unknown(*input); });
  if (!inputs_.all_opened || !all_read) return ExitCode::input_unreadable;
  return damaged ? ExitCode::input_damaged : ExitCode::done;
}

}  // namespace

ExitCode run(Options options) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is seen as EPIPE, which is no error
  options.is_dashboard ? catch_all_interrupts() : catch_interrupts();
  const auto inputs = open_inputs(options);
  if (!inputs) return inputs.error();
  if (options.is_live()) {
    // Before the first thread: each has credentials of its own. And before the first file is made.
    const auto dropped = drop_privileges(options.user);
    if (!dropped) return leave(ExitCode::usage, dropped.error().message).value();
  }
  auto output = OutputFile::open(options.output, options.line_buffered);
  if (!output) return leave(ExitCode::output_failed, output.error().message).value();
  Session session(options, *inputs, **output);
  if (const auto read = session.read(); !read) return read.error();
  return session.finish();
}

}  // namespace tapstat::app
