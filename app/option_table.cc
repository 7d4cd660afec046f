#include "app/option_table.h"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include "app/options.h"
#include "app/version.h"
#include "capture/filter.h"

namespace tapstat::app {
namespace {

constexpr const char* kUsage = R"(tapstat: netstat for a network tap

usage: tapstat [VIEW] -r FILE [OPTION...] [FILTER]
       tapstat [VIEW] -i IFACE [OPTION...] [FILTER]
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
  top          the dashboard (default with -i on a terminal); with -r it plays a capture
  ladder       one connection as a sequence diagram: its segments between both ends' states

A ? behind a state: it rests on a packet whose arrival nothing confirmed, or on a timer.
FILTER is a capture filter as tcpdump takes it: tapstat tcp -r FILE port 443 and not host 10.0.0.1
)";

constexpr const char* kFooter = R"(
T is seconds since the epoch, a local time (2026-11-21 14:05:00), ISO 8601 (2026-11-21T14:05:00Z), or
+12.5 from the first packet. DURATION is in seconds, or has a unit: us, ms, s, m or h.

EXPR compares fields of --json's records (docs/where.md): server.port in {80, 443} and rtt.max > 200ms

Exit status: 0 done; 1 an --expect failed; 2 wrong usage; 3 an input could not be opened or none of it read; 4 an input was
damaged or cut short and what could be read was reported; 5 output could not be written; 6 no permission to capture.
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

// As tcpdump has them.
void declare_live(CLI::App& app, RawOptions& raw) {
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
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  app.add_option("-G", raw.file_seconds,
                 "With -w: a new file every SECONDS; FILE is a format of strftime(3)")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber);
  app.add_option("-W", raw.file_count,
                 "With -C: no more than N files, the oldest written anew; with -G: end after N")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  app.add_option("-s", raw.snaplen, "Keep LEN bytes of a packet (default 262144)")
      ->type_name("LEN")
      ->check(CLI::Range(0u, 262'144u));
  app.add_option("-B", raw.buffer_kib,
                 "Room for packets in the kernel, for each interface (default 65536)")
      ->type_name("KiB")
      ->check(CLI::Range(1u, 2'000'000u));
  app.add_flag("-p", raw.no_promiscuous, "Do not put the interface into promiscuous mode");
  app.add_flag("--immediate-mode", raw.immediate, "Take each packet as it comes");
  app.add_flag("-l", raw.line_buffered, "Print line by line, for a pipe");
  app.add_option("-Z", raw.user, "Be USER once the inputs are open (default: who called sudo)")
      ->type_name("USER");
}

}  // namespace

void declare(CLI::App& app, RawOptions& raw) {
  app.name("tapstat");
  app.description(kUsage);
  app.formatter(std::make_shared<Formatter>());
  app.set_help_flag("-h,--help", "This text");
  app.set_version_flag("--version",
                       fmt::format("tapstat {}\n{}", kVersion, capture::filter_library()));
  app.add_option("-r", raw.reads,
                 "Read a capture; - is standard input; repeat it for several, merged by time")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_flag("--follow", raw.follow,
               "With -r: go on as the file grows, and with the one that replaces it, until Ctrl-C");
  declare_live(app, raw);
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
  app.add_flag(
      "--stream", raw.stream,
      "With tcp: print each connection when it ends, and forget it: for captures with more "
      "of them than memory. With transitions: print each as soon as it is known, and what is "
      "taken back later; live it always does");
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

}  // namespace tapstat::app
