#include "app/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "analysis/engine.h"
#include "app/capabilities.h"
#include "app/connection_argument.h"
#include "app/engine_settings.h"
#include "app/follower.h"
#include "app/inputs.h"
#include "app/interrupt.h"
#include "app/kernel_watch.h"
#include "app/live_reader.h"
#include "app/messages.h"
#include "app/output_file.h"
#include "app/player.h"
#include "app/privileges.h"
#include "app/reader.h"
#include "app/streaming.h"
#include "app/system_calls.h"
#include "app/terminal.h"
#include "app/top.h"
#include "app/world.h"
#include "capture/recorder.h"
#include "report/forwarded.h"
#include "report/kernel_comparison.h"
#include "report/timeline.h"

namespace tapstat::app {
namespace {

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
class Session {
 public:
  // `options`, `output` and `follower` are borrowed; `watch`: nullptr for none.
  Session(Options& options, OpenedInputs opened, OutputFile& output, Follower& follower,
          std::unique_ptr<KernelWatch> watch);

  // Reads what there is to read. An error is the code to leave with.
  [[nodiscard]] tl::expected<void, ExitCode> read();
  // Prints, and says what went wrong on the way.
  [[nodiscard]] ExitCode finish();

 private:
  [[nodiscard]] Listeners listeners();
  [[nodiscard]] report::Report report_of(const analysis::Model& model) const;
  [[nodiscard]] report::Report report_of(const World& world, const analysis::Model& model) const;
  [[nodiscard]] tl::expected<void, ExitCode> read_live();
  [[nodiscard]] tl::expected<void, ExitCode> read_captures();
  [[nodiscard]] tl::expected<void, ExitCode> open_the_last();
  [[nodiscard]] tl::expected<void, ExitCode> record();
  [[nodiscard]] tl::expected<void, ExitCode> begin();
  void follow();
  void look_after_output();
  [[nodiscard]] tl::expected<void, ExitCode> open_dashboard();
  [[nodiscard]] tl::expected<void, ExitCode> check_sense(const report::Report& report) const;
  void print(const report::Report& report);
  void warn(const report::Report& report) const;
  [[nodiscard]] ExitCode judge(bool as_expected);

  Options& options_;
  OutputFile& output_;
  Follower& follower_;
  OpenedInputs opened_;  // captures, until they are read
  const bool color_, ascii_;
  const std::size_t width_;
  Streaming streaming_;
  World world_;
  std::unique_ptr<capture::Recorder> recorder_;
  std::unique_ptr<KernelWatch> watch_;  // of a live run
  std::shared_ptr<const report::KernelTruth> truth_;
  std::optional<report::Comparison> comparison_;
  std::unique_ptr<Top> top_;
  Reading reading_;
  capture::Timestamp ended_{};  // a live run
};

// The captures come later, once little else can be done than reading them.
[[nodiscard]] Inputs interfaces_of(OpenedInputs& opened) {
  Inputs inputs;
  inputs.live = std::move(opened.live);
  return inputs;
}

Session::Session(Options& options, OpenedInputs opened, OutputFile& output, Follower& follower,
                 std::unique_ptr<KernelWatch> watch)
    : options_(options),
      output_(output),
      follower_(follower),
      opened_(std::move(opened)),
      color_(wants_color(options)),
      ascii_(options.ascii || !locale_is_utf8()),
      width_(columns_to_print()),
      streaming_(options, output),
      world_(options, interfaces_of(opened_), listeners()),
      watch_(std::move(watch)) {}

Listeners Session::listeners() {
  if (!options_.stream) return {};
  const auto tell = [this](const auto& what, capture::Timestamp now) {
    const analysis::Model model = world_.engine().model();
    streaming_.take(report_of(model), what, now);
    look_after_output();
  };
  if (options_.view == report::View::tcp) return {.on_end = tell, .on_steps = {}};
  return {.on_end = {}, .on_steps = tell};
}

// Whoever looks on sees it happen. And where nobody can, it is for nothing, unless something else
// comes of it.
void Session::look_after_output() {
  if (options_.is_live() || options_.follow) output_.flush();
  if (output_.has_failed() && recorder_ == nullptr && options_.query.expects_nothing()) interrupt();
}

report::Report Session::report_of(const analysis::Model& model) const {
  report::Report report = report_of(world_, model);
  report.kernel = truth_.get();
  return report;
}

report::Report Session::report_of(const World& world, const analysis::Model& model) const {
  return {.model = model,
          .inputs = world.inputs().infos(),
          .from = reading_.window.from,
          .zone = options_.zone,
          .color = color_,
          .at = reading_.window.end,
          .every = options_.every,
          .log = &world.log(),
          .width = width_,
          .ascii = ascii_,
          .names = world.names(),
          .intended = options_.intended ? &*options_.intended : nullptr,
          .triage = options_.triage ? &*options_.triage : nullptr};
}

tl::expected<void, ExitCode> Session::read() {
  if (auto opened = open_the_last(); !opened) return opened;
  return world_.inputs().live ? read_live() : read_captures();
}

tl::expected<void, ExitCode> Session::read_live() {
  if (!options_.quiet && !options_.is_dashboard) announce(world_.inputs().infos());
  ended_ = LiveReader(options_, world_, recorder_.get(), top_.get()).read_all();
  top_.reset();
  if (watch_ == nullptr) return {};
  // What was asked last, and not once more: of packets that came since nobody knows.
  truth_ = watch_->finish();
  if (truth_) comparison_ = compare(report_of(world_.engine().model()));
  return {};
}

tl::expected<void, ExitCode> Session::read_captures() {
  if (options_.follow) follow();
  if (auto begun = begin(); !begun) return begun;
  if (options_.is_dashboard) {
    Player(options_, world_, *top_).play();
    top_.reset();
  } else {
    reading_ = Reader(options_, *world_.inputs().source, world_.engine()).read_all();
  }
  return {};
}

// What is waited for is told what it is waited with: --stream has told all there is.
void Session::follow() {
  if (!options_.quiet) {
    complain(fmt::format("following {}: Ctrl-C ends it", options_.inputs.front()));
  }
  follower_.on_idle([this] {
    if (options_.stream) world_.engine().advance_to(capture::Timestamp::min());
    if (counters_wanted()) print_packets_read(world_.inputs().infos());
  });
}

tl::expected<void, ExitCode> Session::begin() {
  auto [inputs, complaints] = recognize(std::move(opened_), follower_);
  // A capture is played as a whole.
  const bool is_whole = inputs && (inputs->all_opened || !options_.is_dashboard);
  if (!is_whole) top_.reset();  // the screen is in the way
  for (const std::string& complaint : complaints) complain(complaint);
  if (!inputs) return tl::unexpected{inputs.error()};
  if (!is_whole) return tl::unexpected{ExitCode::input_unreadable};
  world_.begin(*std::move(inputs));
  return {};
}

tl::expected<void, ExitCode> Session::open_dashboard() {
  auto terminal = tui::Terminal::open(color_);
  if (!terminal) return leave(ExitCode::usage, terminal.error());
  const auto make = [this](const analysis::Model& model) {
    if (watch_ != nullptr) truth_ = watch_->latest();
    return report_of(model);
  };
  top_ = std::make_unique<Top>(std::move(*terminal), ascii_, make);
  if (!options_.is_live()) return {};
  const auto make_past = [this](const World& world, const analysis::Model& model) {
    return report_of(world, model);
  };
  top_->keep_the_past(options_, make_past, memory_of_the_past(options_));
  return {};
}

// From here on nothing is opened but what a recording goes on in, and captures to be read. Not a
// byte that others wrote has been read by then.
tl::expected<void, ExitCode> Session::open_the_last() {
  tzset();
  if (options_.is_live()) world_.load_names();
  if (auto recorded = record(); !recorded) return recorded;
  if (watch_ != nullptr) watch_->start();
  if (options_.is_dashboard) {
    if (!opened_.all_opened) return tl::unexpected{ExitCode::input_unreadable};
    if (auto opened = open_dashboard(); !opened) return opened;
  }
  const Work work{.captures = options_.is_live(),
                  .records = recorder_ != nullptr,
                  .names_output = options_.output.has_value()};
  if (const auto allowed = allow_only_needed_calls(work); !allowed) {
    top_.reset();
    return leave(ExitCode::usage, allowed.error().message);
  }
  return {};
}

tl::expected<void, ExitCode> Session::record() {
  if (!options_.recording) return {};
  options_.recording->start = std::chrono::system_clock::now();
  auto recorder = capture::Recorder::open(*options_.recording, written_interfaces(world_.inputs()));
  if (!recorder) return leave(ExitCode::output_failed, recorder.error().message);
  recorder_ = std::move(*recorder);
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
  const analysis::Model model = reading_.model(world_.engine());
  report::Report report = report_of(model);
  const auto forwarded = forwarded_in(report);
  if (forwarded) report.forwarded = &*forwarded;
  options_.query.apply_to(report);
  const auto sense = check_sense(report);
  if (sense) print(report);
  const ExitCode code = judge(options_.query.check());
  if (!sense) return sense.error();
  if (!options_.quiet) warn(report);
  return code;
}

void Session::warn(const report::Report& report) const {
  print_warnings(report.inputs, report.model.totals);
  if (options_.format != report::Format::csv) return;
  for (const std::string& line : report::shortages(report)) complain(line);
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
  const Inputs& inputs = world_.inputs();
  const auto written = output_.finish();
  const auto recorded =
      recorder_ ? recorder_->finish(ended_, statistics_of(inputs)) : capture::Result<void>{};
  const auto infos = inputs.infos();
  if (inputs.live) print_counters(infos, recorder_ ? recorder_->not_written() : 0);
  if (comparison_) print_comparison(*comparison_);
  if (inputs.filtered != nullptr) {
    for (const capture::Error& problem : inputs.filtered->filter().problems())
      complain(problem.message);
  }
  const bool damaged = complain_of_damage(infos);
  for (const auto* result : {&written, &recorded}) {
    if (!*result) complain(result->error().message);
  }
  if (!written || !recorded) return ExitCode::output_failed;
  if (!as_expected) return ExitCode::expectation_failed;
  const bool all_read = std::none_of(infos.begin(), infos.end(),
                                     [](const auto* input) { return is_all_unknown(*input); });
  if (!inputs.all_opened || !all_read) return ExitCode::input_unreadable;
  return damaged ? ExitCode::input_damaged : ExitCode::done;
}

// To go back a capture is read again: what comes through a pipe is gone.
[[nodiscard]] tl::expected<void, ExitCode> check_playable(const Options& options) {
  if (!options.is_dashboard) return {};
  for (const std::string& path : options.inputs) {
    std::error_code error;
    const auto kind = std::filesystem::status(path, error).type();
    if (path != "-" && (kind == std::filesystem::file_type::regular || error)) continue;
    return leave(ExitCode::usage,
                 fmt::format("top -r {}: a capture is played from a file, which can be read again; "
                             "write it to one, or capture with -i",
                             path));
  }
  return {};
}

}  // namespace

ExitCode run(Options options) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is seen as EPIPE, which is no error
  std::signal(SIGXFSZ, SIG_IGN);  // a limit of files' sizes likewise, as EFBIG
  options.is_dashboard ? catch_all_interrupts() : catch_interrupts();
  if (const auto fits = check_playable(options); !fits) return fits.error();
  if (!options.is_live() && geteuid() != 0) {
    // What a file with capabilities has got (capabilities(7)): reading a capture needs none.
    const auto emptied = empty_capability_sets();
    if (!emptied) return leave(ExitCode::usage, emptied.error().message).value();
  }
  // Before packets wait to be read.
  auto watch = options.is_live() ? KernelWatch::open() : nullptr;
  Follower follower(options.quiet);
  auto opened = open_inputs(options, follower);
  if (!opened) return opened.error();
  // Before the first thread: each has credentials of its own. And before the first file is made.
  const auto dropped = drop_privileges(options.user);
  if (!dropped) return leave(ExitCode::usage, dropped.error().message).value();
  const bool grows = options.stream && (options.is_live() || options.follow);
  auto output = OutputFile::open(options.output,
                                 grows ? OutputFile::Named::at_once : OutputFile::Named::at_the_end,
                                 options.line_buffered);
  if (!output) return leave(ExitCode::output_failed, output.error().message).value();
  Session session(options, std::move(*opened), **output, follower, std::move(watch));
  if (const auto read = session.read(); !read) return read.error();
  return session.finish();
}

}  // namespace tapstat::app
