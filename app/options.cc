#include "app/options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "app/client_argument.h"
#include "app/connection_argument.h"
#include "app/help.h"
#include "app/option_table.h"
#include "app/text_file.h"
#include "app/timer_argument.h"
#include "app/views.h"
#include "capture/interfaces.h"
#include "report/query/predicate_parser.h"
#include "report/view_records.h"

namespace tapstat::app {
namespace {

[[nodiscard]] Leave wrong(std::string what) {
  return {ExitCode::usage, "tapstat: " + std::move(what) + "\n"};
}

// The view that the first word names, if it names one.
[[nodiscard]] std::optional<report::View> view_of(const std::vector<std::string>& words) {
  if (words.empty()) return std::nullopt;
  const ViewEntry* entry = find_view(words.front());
  return entry == nullptr ? std::nullopt : entry->view;
}

// --fields: what --where and --expect may name in that view, and what each is.
[[nodiscard]] Leave list_fields(report::View view) {
  std::string text;
  for (const std::string& path : report::query::paths_of(record_type(view))) {
    const auto field = report::query::find_field(record_type(view), path);
    text += fmt::format("{:<30}  {}\n", path, description(compared_as(*field).type));
  }
  return {ExitCode::done, text};
}

// The first word may name a view. What follows is the filter where -r named the inputs, and the
// inputs themselves otherwise.
[[nodiscard]] tl::expected<void, Leave> sort_words(const RawOptions& raw, Options& options) {
  std::vector<std::string> words = raw.words;
  const auto view = view_of(words);
  if (view) {
    options.view = *view;
    words.erase(words.begin());
  }
  options.inputs = raw.reads;
  options.interfaces = raw.interfaces;
  const bool has_top = !view && !words.empty() && words.front() == "top";
  if (has_top) words.erase(words.begin());
  const bool prints = !raw.output.empty() || raw.json || raw.format != "text" || raw.where ||
                      !raw.expected.empty() || raw.stream;
  const bool is_terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  options.is_dashboard = has_top || (!view && options.is_live() && is_terminal && !prints);
  if (has_top && prints) {
    return tl::unexpected{
        wrong("top prints nothing: --json, --format, --stream, -o, --where and --expect do not go "
              "with it")};
  }
  if (!options.inputs.empty() && options.is_live()) {
    return tl::unexpected{wrong("-r and -i: a capture or interfaces, one at a time")};
  }
  if (!options.inputs.empty() || options.is_live()) {
    options.filter = fmt::format("{}", fmt::join(words, " "));
  } else if (view || words.empty()) {
    return tl::unexpected{wrong(
        "nothing to read: name a capture with -r FILE, or an interface with -i (tapstat --help)")};
  } else {
    options.inputs = words;
  }
  if (std::count(options.inputs.begin(), options.inputs.end(), "-") > 1) {
    return tl::unexpected{wrong("standard input (-) can be read only once")};
  }
  return {};
}

[[nodiscard]] tl::expected<void, Leave> read_time(const std::string& text, std::string_view option,
                                                  std::optional<report::TimeArgument>& into) {
  if (text.empty()) return {};
  into = report::TimeArgument::parse(text);
  if (into) return {};
  return tl::unexpected{
      wrong(fmt::format("{} {}: not a time; give epoch seconds, a date and time such as "
                        "2026-11-21T14:05:00Z, or +SECONDS from the first packet",
                        option, text))};
}

[[nodiscard]] tl::expected<void, Leave> read_every(const std::string& text, Options& options) {
  if (text.empty()) return {};
  options.every = report::parse_duration(text);
  if (!options.every || options.every->count() == 0) {
    return tl::unexpected{
        wrong(fmt::format("--every {}: not a duration; give one such as 500ms, 1s or 2m", text))};
  }
  if (options.view == report::View::states) return {};
  return tl::unexpected{wrong("--every goes with the view states")};
}

[[nodiscard]] tl::expected<void, Leave> read_connection(const std::string& text, Options& options) {
  if (text.empty()) return {};
  const auto choice = parse_connection(text);
  if (!choice) {
    return tl::unexpected{
        wrong(fmt::format("--connection {}: not a connection; give an id of tapstat tcp, "
                          "IP:PORT-IP:PORT or [IPv6]:PORT-[IPv6]:PORT",
                          text))};
  }
  options.connection = *choice;
  if (options.view == report::View::ladder) return {};
  return tl::unexpected{wrong("--connection goes with the view ladder")};
}

// Those in use, where none is given.
[[nodiscard]] decode::ToaKinds toa_kinds_of(const std::vector<std::uint16_t>& numbers) {
  if (numbers.empty()) return {};
  std::vector<std::uint8_t> kinds(numbers.size());
  std::transform(numbers.begin(), numbers.end(), kinds.begin(),
                 [](std::uint16_t number) { return static_cast<std::uint8_t>(number); });
  return decode::ToaKinds(kinds);
}

[[nodiscard]] tl::expected<void, Leave> read_triage(const std::string& text, Options& options) {
  if (text.empty()) return {};
  options.triage = parse_client(text);
  if (!options.triage) {
    return tl::unexpected{
        wrong(fmt::format("--triage {}: not a client; give IP, IP:PORT or [IPv6]:PORT", text))};
  }
  if (options.view == report::View::lvs) return {};
  return tl::unexpected{wrong("--triage goes with the view lvs")};
}

[[nodiscard]] tl::expected<void, Leave> read_ipvs_config(const std::string& path,
                                                         Options& options) {
  if (path.empty()) return {};
  if (options.view != report::View::lvs) {
    return tl::unexpected{wrong("--ipvs-config goes with the view lvs")};
  }
  const auto text = content_of(path);
  if (!text) {
    return tl::unexpected{Leave{ExitCode::input_unreadable, "tapstat: " + text.error() + "\n"}};
  }
  auto parsed = report::IpvsConfiguration::parse(*text);
  if (!parsed) return tl::unexpected{wrong(fmt::format("{}: {}", path, parsed.error()))};
  options.intended = std::move(*parsed);
  return {};
}

[[nodiscard]] tl::expected<void, Leave> read_timers(const RawOptions& raw, Options& options) {
  options.timers = timers_of(raw.stack);
  for (const std::string& setting : raw.timers) {
    if (const auto set = set_timer(setting, options.timers); !set) {
      return tl::unexpected{wrong(set.error())};
    }
  }
  return {};
}

[[nodiscard]] tl::expected<void, Leave> read_format(const RawOptions& raw, Options& options) {
  if (raw.json && raw.format != "text" && raw.format != "json") {
    return tl::unexpected{
        wrong(fmt::format("--json and --format {}: one form at a time", raw.format))};
  }
  options.format = raw.json || raw.format == "json" ? report::Format::json
                   : raw.format == "csv"            ? report::Format::csv
                   : raw.format == "zeek"           ? report::Format::zeek
                   : raw.format == "dot"            ? report::Format::dot
                                                    : report::Format::text;
  if (options.format == report::Format::csv && (options.triage || options.intended)) {
    return tl::unexpected{wrong("--format csv: --triage and --ipvs-config print text or json")};
  }
  if (report::has_form(options.view, options.format)) return {};
  return tl::unexpected{
      wrong(fmt::format("--format {}: this view has no such form; the view {} has", raw.format,
                        options.format == report::Format::dot ? "stp" : "tcp"))};
}

[[nodiscard]] tl::expected<void, Leave> read_recording(const RawOptions& raw, Options& options) {
  if (!raw.write) {
    if (!raw.file_megabytes && !raw.file_seconds && !raw.file_count) return {};
    return tl::unexpected{wrong("-C, -G and -W go with -w FILE")};
  }
  if (raw.file_count && !raw.file_megabytes && !raw.file_seconds) {
    return tl::unexpected{wrong("-W goes with -C or -G")};
  }
  if (!options.is_live()) return tl::unexpected{wrong("-w goes with -i IFACE")};
  constexpr std::uint64_t kMillion = 1'000'000;
  auto& recording = options.recording.emplace();
  recording.path = *raw.write;
  if (recording.path == "-" && !options.output) {
    return tl::unexpected{
        wrong("-w -: the packets go to standard output; say where to print with -o FILE")};
  }
  if (raw.file_megabytes) recording.file_bytes = *raw.file_megabytes * kMillion;
  if (raw.file_seconds) recording.file_time = std::chrono::seconds{*raw.file_seconds};
  recording.file_count = raw.file_count;
  return {};
}

// A capture is played from one instant to another, by one thread.
[[nodiscard]] tl::expected<void, Leave> read_dashboard(Options& options) {
  if (!options.is_dashboard || options.is_live()) return {};
  options.jobs = 1;
  if (!options.at && !options.from && !options.to) return {};
  return tl::unexpected{
      wrong("top: go to a time with :goto TIME, instead of --at, --from or --to")};
}

// What goes with -i alone, and what does not go with it.
[[nodiscard]] tl::expected<void, Leave> read_live(const RawOptions& raw, Options& options) {
  if (!options.is_live()) {
    const bool has_any = raw.snaplen || raw.buffer_kib || raw.no_promiscuous || raw.immediate;
    if (!has_any) return {};
    return tl::unexpected{wrong("-s, -B, -p and --immediate-mode go with -i IFACE")};
  }
  if (options.at || options.from || options.to || options.every) {
    return tl::unexpected{
        wrong("--at, --from, --to and --every are told of a capture: write one with -w")};
  }
  constexpr std::size_t kKibi = 1024;
  // As tcpdump: 0 is the default.
  if (raw.snaplen && *raw.snaplen > 0) options.live.snaplen = *raw.snaplen;
  if (raw.buffer_kib) options.live.ring_bytes = *raw.buffer_kib * kKibi;
  options.live.promiscuous = !raw.no_promiscuous;
  options.live.immediate = raw.immediate;
  return {};
}

// One file, whose end nobody knows.
[[nodiscard]] tl::expected<void, Leave> read_follow(const RawOptions& raw, Options& options) {
  if (!raw.follow) return {};
  const auto refused = [](std::string_view why) {
    return tl::unexpected{wrong(fmt::format("--follow: {}", why))};
  };
  if (options.is_live()) return refused("it goes with -r FILE; -i follows by itself");
  if (options.is_dashboard) {
    return refused("top plays a capture that is complete; to look on while it is written, -i");
  }
  if (options.inputs.size() != 1) return refused("one capture at a time");
  if (options.inputs.front() == "-") {
    return refused("standard input is read as it comes, without --follow");
  }
  if (options.at || options.from || options.to || options.every) {
    return refused("--at, --from, --to and --every are told of a capture that is complete");
  }
  options.follow = true;
  return {};
}

// -D, as tcpdump prints it.
[[nodiscard]] Leave list_interfaces() {
  const auto all = capture::list_interfaces();
  if (!all) return {ExitCode::input_unreadable, "tapstat: " + all.error().message + "\n"};
  std::string text;
  int number = 0;
  for (const capture::Interface& one : *all) {
    std::vector<std::string> marks;
    if (one.is_up) marks.emplace_back("Up");
    if (one.is_running) marks.emplace_back("Running");
    if (one.is_loopback) marks.emplace_back("Loopback");
    text += fmt::format("{}.{}", ++number, one.name);
    if (!one.description.empty()) text += fmt::format(" ({})", one.description);
    if (!marks.empty()) text += fmt::format(" [{}]", fmt::join(marks, ", "));
    if (!one.addresses.empty()) text += fmt::format(" {}", fmt::join(one.addresses, " "));
    text += '\n';
  }
  return {ExitCode::done, text};
}

// What is printed while the input is read cannot be told with hindsight.
[[nodiscard]] tl::expected<void, Leave> read_stream(const RawOptions& raw, Options& options) {
  const bool is_of_changes = options.view == report::View::transitions;
  options.stream = raw.stream || (is_of_changes && (options.is_live() || options.follow));
  if (!options.stream) return {};
  if (options.view != report::View::tcp && !is_of_changes) {
    return tl::unexpected{wrong("--stream goes with the views tcp and transitions")};
  }
  // What is taken back must be what was told.
  if (is_of_changes && options.query.asks_for_age()) {
    return tl::unexpected{
        wrong("--where: an age is that at the end; it does not go with transitions --stream, nor "
              "with transitions live")};
  }
  if (options.format == report::Format::zeek || options.format == report::Format::csv) {
    return tl::unexpected{
        wrong(fmt::format("--stream: text or json, not --format {}", raw.format))};
  }
  if (!raw.stream || (!options.at && !options.from && !options.to)) return {};
  return tl::unexpected{
      wrong("--stream does not go with --at, --from or --to, which need all of the input")};
}

[[nodiscard]] tl::expected<void, Leave> read_query(const RawOptions& raw, Options& options) {
  auto query = RecordQuery::parse(options.view, raw.where, raw.expected);
  if (!query) return tl::unexpected{wrong(std::move(query.error()))};
  options.query = std::move(*query);
  return {};
}

[[nodiscard]] tl::expected<Options, Leave> sort_out(const RawOptions& raw) {
  if (raw.fields) {
    return tl::unexpected{list_fields(view_of(raw.words).value_or(report::View::report))};
  }
  if (raw.list_interfaces) return tl::unexpected{list_interfaces()};
  Options options;
  const auto steps = sort_words(raw, options)
                         .and_then([&] { return read_time(raw.at, "--at", options.at); })
                         .and_then([&] { return read_time(raw.from, "--from", options.from); })
                         .and_then([&] { return read_time(raw.to, "--to", options.to); })
                         .and_then([&] { return read_every(raw.every, options); })
                         .and_then([&] { return read_connection(raw.connection, options); })
                         .and_then([&] { return read_triage(raw.triage, options); })
                         .and_then([&] { return read_ipvs_config(raw.ipvs_config, options); })
                         .and_then([&] { return read_timers(raw, options); })
                         .and_then([&] { return read_query(raw, options); });
  if (!steps) return tl::unexpected{steps.error()};
  if (options.at && (options.from || options.to)) {
    return tl::unexpected{wrong("--at is one instant; it does not go with --from or --to")};
  }
  if (!raw.output.empty()) options.output = raw.output;
  const auto form = read_format(raw, options)
                        .and_then([&] { return read_follow(raw, options); })
                        .and_then([&] { return read_stream(raw, options); })
                        .and_then([&] { return read_recording(raw, options); })
                        .and_then([&] { return read_live(raw, options); });
  if (!form) return tl::unexpected{form.error()};
  options.checksums = raw.checksums;
  options.jobs = raw.jobs;
  if (const auto fits = read_dashboard(options); !fits) return tl::unexpected{fits.error()};
  if (raw.memory > 0) options.memory = raw.memory;
  options.toa_kinds = toa_kinds_of(raw.toa_kinds);
  if (raw.most_packets > 0) options.most_packets = raw.most_packets;
  options.zone = raw.utc ? report::Zone::utc : report::Zone::local;
  options.color = raw.color == "always"  ? Color::always
                  : raw.color == "never" ? Color::never
                                         : Color::automatic;
  options.ascii = raw.ascii;
  options.names = raw.names;
  options.line_buffered = raw.line_buffered;
  options.user = raw.user;
  options.quiet = raw.quiet;
  return options;
}

}  // namespace

tl::expected<Options, Leave> parse_options(int argc, const char* const* argv) {
  CLI::App app;
  RawOptions raw;
  declare(app, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const std::string view = raw.words.empty() ? "" : raw.words.front();
    return tl::unexpected{Leave{ExitCode::done, view_help(app, view)}};
  } catch (const CLI::CallForVersion& version) {
    return tl::unexpected{Leave{ExitCode::done, std::string{version.what()} + "\n"}};
  } catch (const CLI::ParseError& error) {
    return tl::unexpected{wrong(fmt::format("{} (tapstat --help)", error.what()))};
  }
  return sort_out(raw);
}

}  // namespace tapstat::app
