#include "app/option_table.h"

#include <fmt/format.h>

#include <cstdlib>

#include "app/options.h"
#include "app/version.h"
#include "capture/filter.h"

namespace tapstat::app {
namespace {

constexpr unsigned kMostJobs = 64;
constexpr std::size_t kMostMemory = std::size_t{1} << 50;  // no machine has that

// Its description would be told behind the name of the option's type.
template <class Check>
[[nodiscard]] CLI::Validator untold(Check check) {
  return check.description("");
}

// As tcpdump has them.
void declare_live(CLI::App& app, RawOptions& raw) {
  app.option_defaults()->group("live");
  app.add_option("-i", raw.interfaces,
                 "Capture on an interface, or on any of them (any), until Ctrl-C; repeat it")
      ->type_name("IFACE")
      ->allow_extra_args(false);
  app.add_flag("-D", raw.list_interfaces, "List the interfaces there are");
  app.add_option("-w", raw.write, "Write the packets that were analysed, as pcapng")
      ->type_name("FILE");
  app.add_option("-C", raw.file_megabytes,
                 "With -w: a new file (FILE1, FILE2 ...) after MB million bytes")
      ->type_name("MB")
      ->check(untold(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000})));
  app.add_option("-G", raw.file_seconds,
                 "With -w: a new file every SECONDS; FILE is a format of strftime(3)")
      ->type_name("SECONDS")
      ->check(untold(CLI::PositiveNumber));
  app.add_option("-W", raw.file_count,
                 "With -C: no more than N files, the oldest written anew; with -G: end after N")
      ->type_name("N")
      ->check(untold(CLI::PositiveNumber));
  app.add_option("-s", raw.snaplen, "Keep LEN bytes of a packet (default 262144)")
      ->type_name("LEN")
      ->check(untold(CLI::Range(0u, 262'144u)));
  app.add_option("-B", raw.buffer_kib,
                 "Room for packets in the kernel, for each interface (default 65536)")
      ->type_name("KiB")
      ->check(untold(CLI::Range(1u, 2'000'000u)));
  app.add_flag("-p", raw.no_promiscuous, "Do not put the interface into promiscuous mode");
  app.add_flag("--immediate-mode", raw.immediate, "Take each packet as it comes");
  app.add_flag("-l", raw.line_buffered, "Print line by line, for a pipe");
  app.add_option("-Z", raw.user, "Be USER once the inputs are open (default: who called sudo)")
      ->type_name("USER");
}

}  // namespace

void declare(CLI::App& app, RawOptions& raw) {
  app.name("tapstat");
  // Groups are those of help.cc.
  app.option_defaults()->group("program");
  app.set_help_flag("-h,--help", "The views; behind a VIEW this text");
  app.set_version_flag("--version",
                       fmt::format("tapstat {}\n{}", kVersion, capture::filter_library()),
                       "The versions of tapstat and of libpcap");
  app.option_defaults()->group("input");
  app.add_option("-r", raw.reads,
                 "Read a capture; - is standard input; repeat it for several, merged by time")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_flag("--follow", raw.follow,
               "With -r: go on as the file grows, and with the one that replaces it, until Ctrl-C");
  declare_live(app, raw);
  app.option_defaults()->group("time");
  app.add_option("--at", raw.at, "The tables as they stood at T")->type_name("T");
  app.add_option("--from", raw.from, "What changed since T: opened, closed, another state")
      ->type_name("T");
  app.add_option("--to", raw.to, "Leave out what happened after T")->type_name("T");
  app.option_defaults()->group("states");
  app.add_option("--every", raw.every, "The counts over time, one row each DURATION")
      ->type_name("DURATION");
  app.option_defaults()->group("ladder");
  app.add_option("--connection", raw.connection, "Which one, by its id or as IP:PORT-IP:PORT")
      ->type_name("ID");
  app.option_defaults()->group("lvs");
  app.add_option("--triage", raw.triage,
                 "What became of that client, question by question; IP for all its "
                 "connections")
      ->type_name("IP[:PORT]");
  app.add_option("--ipvs-config", raw.ipvs_config,
                 "What differs from FILE, which ipvsadm-save -n wrote")
      ->type_name("FILE");
  app.option_defaults()->group("engine");
  app.add_option("--toa-kind", raw.toa_kinds,
                 "TCP options that name a client behind a load balancer (default "
                 "254,253,252,250,249,200,28)")
      ->type_name("KIND,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(untold(CLI::Range(2, 255)));
  app.option_defaults()->group("records");
  app.add_option("--where", raw.where, "Only records that match: state == CLOSE_WAIT and age > 60")
      ->type_name("EXPR");
  app.add_option("--expect", raw.expected,
                 "Exit with 1 where it does not hold: count(state == CLOSE_WAIT) == 0; repeat it")
      ->type_name("EXPR")
      ->allow_extra_args(false);
  app.add_flag("--fields", raw.fields, "List the fields that EXPR may name in the view");
  app.option_defaults()->group("input");
  app.add_option("-c", raw.most_packets, "Stop after N packets")
      ->type_name("N")
      ->check(untold(CLI::PositiveNumber));
  app.option_defaults()->group("engine");
  app.add_option("--jobs", raw.jobs, "Work with N threads (default 1); what they print is the same")
      ->type_name("N")
      ->check(untold(CLI::Range(1u, kMostJobs)));
  app.add_option("--memory", raw.memory,
                 "The most memory to take, as 512M or 4G (default: a quarter of the machine's); "
                 "what matters least is given up, and counted")
      ->type_name("SIZE")
      ->transform(untold(CLI::AsSizeValue(false)))
      ->check([](const std::string& bytes) {
        const std::size_t size = std::strtoull(bytes.c_str(), nullptr, 10);
        const bool fits = kLeastMemory <= size && size <= kMostMemory;
        return fits ? std::string{}
                    : fmt::format("SIZE is not within {}M and {}T", kLeastMemory >> 20,
                                  kMostMemory >> 40);
      });
  app.add_option("--stack", raw.stack, "Whose timers apply: linux (default), rfc, windows or bsd")
      ->type_name("NAME")
      ->check(untold(CLI::IsMember({"linux", "rfc", "windows", "bsd"})));
  app.add_option("--timer", raw.timers,
                 "Set one (syn_sent, syn_recv, fin_wait2, time_wait) to SECONDS or inf; repeat it")
      ->type_name("NAME=SECONDS")
      ->allow_extra_args(false);
  app.option_defaults()->group("printing");
  app.add_option("--format", raw.format,
                 "How to print: text, json (one record a line), csv (not of report, stp); zeek "
                 "(a conn.log) with tcp, dot with stp")
      ->type_name("FORMAT")
      ->check(untold(CLI::IsMember({"text", "json", "csv", "zeek", "dot"})));
  app.option_defaults()->group("stream");
  app.add_flag(
      "--stream", raw.stream,
      "With tcp: print each connection when it ends, and forget it: for captures with more "
      "of them than memory. With transitions: print each as soon as it is known, and what is "
      "taken back later; live it always does");
  app.option_defaults()->group("printing");
  app.add_flag("--json", raw.json, "The same as --format json");
  app.option_defaults()->group("input");
  app.add_flag("--checksums", raw.checksums, "Leave out packets with a bad checksum");
  app.option_defaults()->group("printing");
  app.add_option("-o", raw.output, "Print into FILE")->type_name("FILE");
  app.option_defaults()->group("showing");
  app.add_option("--color", raw.color, "auto (on a terminal), always or never; NO_COLOR is heeded")
      ->type_name("WHEN")
      ->check(untold(CLI::IsMember({"auto", "always", "never"})));
  app.add_flag("-N,--names,!-n", raw.names,
               "Names from DNS answers, of services and vendors; -n: numbers (the default)");
  app.add_flag("--ascii", raw.ascii,
               "Draw with plain ASCII; the default where the locale is not UTF-8");
  app.add_flag("--utc", raw.utc, "Print times in UTC");
  app.option_defaults()->group("program");
  app.add_flag("-q,--quiet", raw.quiet, "No progress and no warnings; errors only");
  app.add_option("words", raw.words)->group("");
}

}  // namespace tapstat::app
