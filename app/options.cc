#include "app/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "app/client_argument.h"
#include "app/connection_argument.h"
#include "app/text_file.h"
#include "app/timer_argument.h"
#include "app/version.h"
#include "capture/filter.h"
#include "report/query/predicate_parser.h"
#include "report/view_records.h"

namespace tapstat::app {
namespace {

struct ViewName {
  std::string_view name;
  report::View view;
};
constexpr std::array kViews = {
    ViewName{"report", report::View::report},
    ViewName{"tcp", report::View::tcp},
    ViewName{"states", report::View::states},
    ViewName{"transitions", report::View::transitions},
    ViewName{"events", report::View::events},
    ViewName{"ladder", report::View::ladder},
    ViewName{"findings", report::View::findings},
    ViewName{"flows", report::View::flows},
    ViewName{"arp", report::View::arp},
    ViewName{"mac", report::View::mac},
    ViewName{"stp", report::View::stp},
    ViewName{"bpdus", report::View::bpdus},
    ViewName{"lvs", report::View::lvs},
    ViewName{"nat", report::View::nat},
};

constexpr const char* kUsage = R"(tapstat: netstat for a network tap

usage: tapstat [VIEW] -r FILE [OPTION...] [FILTER]
       tapstat FILE...                             the same as: tapstat report -r FILE...

Views
  report       the whole capture: states, top talkers, TCP events, the worst, findings (default)
  tcp          one row per TCP connection, with the state of both ends
  states       how many endpoints are in each TCP state, most first; --every 1s: over time
  transitions  each change of each end's state, in the order of time, and what caused it
  events       retransmissions, duplicate ACKs, zero windows and the like, by frame
  findings     what is wrong, most severe first, with evidence and what to do about it
  flows        UDP, ICMP, SCTP and other conversations: requests, responses and their times
  arp          which MAC address each address has, and how that changed: ARP, RARP, IPv6 ND
  mac          each MAC address: what it is, its vendor, VLANs, addresses and whether it is a gateway
  stp          the spanning trees: root, bridges, segments, roles that can be deduced, changes
  bpdus        each spanning-tree BPDU, field by field
  lvs          virtual services, real servers and the paths CIP -> VIP -> RIP
  nat          what boxes that rewrite addresses make of connections
  ladder       one connection as a sequence diagram: its segments between both ends' states

A ? behind a state: it rests on a packet whose arrival nothing confirmed, or on a timer.
FILTER is a capture filter as tcpdump takes it: tapstat tcp -r FILE port 443 and not host 10.0.0.1
)";

constexpr const char* kFooter = R"(
T is seconds since the epoch, a local time (2026-11-21 14:05:00), ISO 8601 (2026-11-21T14:05:00Z), or
+12.5 from the first packet. DURATION is in seconds, or has a unit: us, ms, s, m or h.

EXPR compares fields of --json's records (docs/where.md): server.port in {80, 443} and rtt.max > 200ms

Exit status: 0 done; 1 an --expect failed; 2 wrong usage; 3 an input could not be opened or none of it read; 4 an input was
damaged or cut short and what could be read was reported; 5 output could not be written.
)";

// The description shows how the program is called better than a generated line can.
class Formatter final : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override {
    return "";
  }
};

constexpr unsigned kMostJobs = 64;
constexpr std::size_t kMostMemory = std::size_t{1} << 50;  // no machine has that

// The options as CLI11 fills them in.
struct Raw {
  std::vector<std::string> reads;
  std::vector<std::string> words;
  std::string format = "text";
  std::string color = "auto";
  std::string stack = "linux";
  std::vector<std::string> timers;
  std::vector<std::uint16_t> toa_kinds;
  std::string output, at, from, to, every, connection, triage, ipvs_config;
  std::optional<std::string> where;
  std::vector<std::string> expected;
  std::uint64_t most_packets = 0;
  unsigned jobs = 1;
  std::size_t memory = 0;  // 0: not given
  bool checksums = false, fields = false, json = false, names = false, utc = false, ascii = false,
       quiet = false;
};

void declare(CLI::App& app, Raw& raw) {
  app.set_help_flag("-h,--help", "This text");
  app.set_version_flag("--version",
                       fmt::format("tapstat {}\n{}", kVersion, capture::filter_library()));
  app.add_option("-r", raw.reads,
                 "Read a capture; - is standard input; repeat it for several, merged by time")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--at", raw.at, "The tables as they stood at T")->type_name("T");
  app.add_option("--from", raw.from, "What changed since T: opened, closed, another state")
      ->type_name("T");
  app.add_option("--to", raw.to, "Leave out what happened after T")->type_name("T");
  app.add_option("--every", raw.every, "With states: the counts over time, one row each DURATION")
      ->type_name("DURATION");
  app.add_option("--connection", raw.connection,
                 "With ladder: which one, by its id or as IP:PORT-IP:PORT")
      ->type_name("ID");
  app.add_option("--triage", raw.triage,
                 "With lvs: what became of that client, question by question; IP for all its "
                 "connections")
      ->type_name("IP[:PORT]");
  app.add_option("--ipvs-config", raw.ipvs_config,
                 "With lvs: what differs from FILE, which ipvsadm-save -n wrote")
      ->type_name("FILE");
  app.add_option("--toa-kind", raw.toa_kinds,
                 "TCP options that name a client behind a load balancer (default "
                 "254,253,252,250,249,200,28)")
      ->type_name("KIND,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(2, 255));
  app.add_option("--where", raw.where, "Only records that match: state == CLOSE_WAIT and age > 60")
      ->type_name("EXPR");
  app.add_option("--expect", raw.expected,
                 "Exit with 1 where it does not hold: count(state == CLOSE_WAIT) == 0; repeat it")
      ->type_name("EXPR")
      ->allow_extra_args(false);
  app.add_flag("--fields", raw.fields, "List the fields that EXPR may name in the view");
  app.add_option("-c", raw.most_packets, "Stop after N packets")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  app.add_option("--jobs", raw.jobs, "Work with N threads (default 1); what they print is the same")
      ->type_name("N")
      ->check(CLI::Range(1u, kMostJobs));
  app.add_option("--memory", raw.memory,
                 "The most memory to take, as 512M or 4G (default: a quarter of the machine's); "
                 "what matters least is given up, and counted")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false))
      ->check([](const std::string& bytes) {
        const std::size_t size = std::strtoull(bytes.c_str(), nullptr, 10);
        const bool fits = kLeastMemory <= size && size <= kMostMemory;
        return fits ? std::string{}
                    : fmt::format("SIZE is not within {}M and {}T", kLeastMemory >> 20,
                                  kMostMemory >> 40);
      });
  app.add_option("--stack", raw.stack, "Whose timers apply: linux (default), rfc, windows or bsd")
      ->type_name("NAME")
      ->check(CLI::IsMember({"linux", "rfc", "windows", "bsd"}));
  app.add_option("--timer", raw.timers,
                 "Set one (syn_sent, syn_recv, fin_wait2, time_wait) to SECONDS or inf; repeat it")
      ->type_name("NAME=SECONDS")
      ->allow_extra_args(false);
  app.add_option(
         "--format", raw.format,
         "How to print: text, json (one record a line); zeek (a conn.log) with tcp, dot with stp")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "zeek", "dot"}));
  app.add_flag("--json", raw.json, "The same as --format json");
  app.add_flag("--checksums", raw.checksums, "Leave out packets with a bad checksum");
  app.add_option("-o", raw.output, "Print into FILE")->type_name("FILE");
  app.add_option("--color", raw.color, "auto (on a terminal), always or never; NO_COLOR is heeded")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("-N,--names,!-n", raw.names,
               "Names from DNS answers, of services and vendors; -n: numbers (the default)");
  app.add_flag("--ascii", raw.ascii,
               "Draw with plain ASCII; the default where the locale is not UTF-8");
  app.add_flag("--utc", raw.utc, "Print times in UTC");
  app.add_flag("-q,--quiet", raw.quiet, "No progress and no warnings; errors only");
  app.add_option("words", raw.words)->group("");
  app.footer(kFooter);
}

[[nodiscard]] Leave wrong(std::string what) {
  return {ExitCode::usage, "tapstat: " + std::move(what) + "\n"};
}

// The view that the first word names, if it names one.
[[nodiscard]] std::optional<report::View> view_of(const std::vector<std::string>& words) {
  if (words.empty()) return std::nullopt;
  const auto found = std::find_if(kViews.begin(), kViews.end(),
                                  [&](const ViewName& v) { return v.name == words.front(); });
  return found == kViews.end() ? std::nullopt : std::optional{found->view};
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
[[nodiscard]] tl::expected<void, Leave> sort_words(const Raw& raw, Options& options) {
  std::vector<std::string> words = raw.words;
  const auto view = view_of(words);
  if (view) {
    options.view = *view;
    words.erase(words.begin());
  }
  options.inputs = raw.reads;
  if (!options.inputs.empty()) {
    options.filter = fmt::format("{}", fmt::join(words, " "));
  } else if (view || words.empty()) {
    return tl::unexpected{wrong("nothing to read: name a capture with -r FILE (tapstat --help)")};
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

[[nodiscard]] tl::expected<void, Leave> read_timers(const Raw& raw, Options& options) {
  options.timers = timers_of(raw.stack);
  for (const std::string& setting : raw.timers) {
    if (const auto set = set_timer(setting, options.timers); !set) {
      return tl::unexpected{wrong(set.error())};
    }
  }
  return {};
}

[[nodiscard]] tl::expected<void, Leave> read_format(const Raw& raw, Options& options) {
  if (raw.json && raw.format != "text" && raw.format != "json") {
    return tl::unexpected{
        wrong(fmt::format("--json and --format {}: one form at a time", raw.format))};
  }
  options.format = raw.json || raw.format == "json" ? report::Format::json
                   : raw.format == "zeek"           ? report::Format::zeek
                   : raw.format == "dot"            ? report::Format::dot
                                                    : report::Format::text;
  if (report::has_form(options.view, options.format)) return {};
  return tl::unexpected{
      wrong(fmt::format("--format {}: this view has no such form; the view {} has", raw.format,
                        options.format == report::Format::dot ? "stp" : "tcp"))};
}

[[nodiscard]] tl::expected<void, Leave> read_query(const Raw& raw, Options& options) {
  auto query = RecordQuery::parse(options.view, raw.where, raw.expected);
  if (!query) return tl::unexpected{wrong(std::move(query.error()))};
  options.query = std::move(*query);
  return {};
}

[[nodiscard]] tl::expected<Options, Leave> sort_out(const Raw& raw) {
  if (raw.fields) {
    return tl::unexpected{list_fields(view_of(raw.words).value_or(report::View::report))};
  }
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
  if (const auto format = read_format(raw, options); !format) {
    return tl::unexpected{format.error()};
  }
  options.checksums = raw.checksums;
  options.jobs = raw.jobs;
  if (raw.memory > 0) options.memory = raw.memory;
  options.toa_kinds = toa_kinds_of(raw.toa_kinds);
  if (!raw.output.empty()) options.output = raw.output;
  if (raw.most_packets > 0) options.most_packets = raw.most_packets;
  options.zone = raw.utc ? report::Zone::utc : report::Zone::local;
  options.color = raw.color == "always"  ? Color::always
                  : raw.color == "never" ? Color::never
                                         : Color::automatic;
  options.ascii = raw.ascii;
  options.names = raw.names;
  options.quiet = raw.quiet;
  return options;
}

}  // namespace

tl::expected<Options, Leave> parse_options(int argc, const char* const* argv) {
  CLI::App app{kUsage, "tapstat"};
  app.formatter(std::make_shared<Formatter>());
  Raw raw;
  declare(app, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return tl::unexpected{Leave{ExitCode::done, app.help()}};
  } catch (const CLI::CallForVersion& version) {
    return tl::unexpected{Leave{ExitCode::done, std::string{version.what()} + "\n"}};
  } catch (const CLI::ParseError& error) {
    return tl::unexpected{wrong(fmt::format("{} (tapstat --help)", error.what()))};
  }
  return sort_out(raw);
}

}  // namespace tapstat::app
