#include "app/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace tapstat::app {
namespace {

struct ViewHelp {
  std::string_view name;
  std::string_view summary;   // at most 65 columns
  std::string_view examples;  // lines: a command, and below it what it is for
};

constexpr std::array kViews = {
    ViewHelp{"report", "the whole capture: states, top talkers, the worst, findings",
             "tapstat web.pcap\n"
             "    what the capture is, and what is wrong in it\n"
             "sudo tapstat report -i eth0 -w eth0.pcapng port 443\n"
             "    the same of what passes until Ctrl-C, and the packets into a file\n"},
    ViewHelp{"tcp", "one row per TCP connection, with the state of both ends",
             "tapstat tcp -r web.pcap port 443 and not host 10.0.0.1\n"
             "    the connections that a capture filter lets through\n"
             "tapstat tcp -r web.pcap --where 'state == CLOSE_WAIT and age > 1s'\n"
             "    those that an application forgot to close\n"
             "tapstat tcp -r web.pcap --at +1.5 --json\n"
             "    as they stood 1.5 s after the first packet, a record a line\n"
             "sudo tapstat tcp -i eth0 --stream\n"
             "    live, each as soon as it has ended\n"},
    ViewHelp{"states", "how many endpoints are in each TCP state, most first",
             "tapstat states -r web.pcap\n"
             "    as netstat -n | awk '/^tcp/ {++S[$NF]}' counts them\n"
             "tapstat states -r web.pcap --every 500ms\n"
             "    how the counts changed in the course of the capture\n"},
    ViewHelp{"transitions", "each change of each end's state, and what caused it",
             "tapstat transitions -r web.pcap --where 'to == FIN_WAIT2'\n"
             "    when each end came into that state\n"
             "sudo tapstat transitions -i eth0 port 80\n"
             "    as they happen\n"},
    ViewHelp{"events", "retransmissions, duplicate ACKs, zero windows, by frame",
             "tapstat events -r web.pcap\n"
             "    by the names and rules of Wireshark\n"
             "tapstat events -r web.pcap --where 'kind == zero_window'\n"
             "    who let the other end wait, and when\n"},
    ViewHelp{"ladder", "one connection as a sequence diagram between its ends' states",
             "tapstat ladder -r web.pcap --connection 5\n"
             "    by the id that tapstat tcp gives it\n"
             "tapstat ladder -r web.pcap --connection 198.51.100.18:40180-192.0.2.80:8443\n"
             "    by its addresses\n"},
    ViewHelp{"findings", "what is wrong, most severe first, with evidence and advice",
             "tapstat findings -r web.pcap\n"
             "    floods, leaks, black holes, loops and the like\n"
             "tapstat findings -r web.pcap --expect 'count(severity == error) == 0'\n"
             "    for a script: exit status 1 where there are any\n"},
    ViewHelp{"flows", "UDP, ICMP, SCTP and other conversations, and their times",
             "tapstat flows -r web.pcap\n"
             "    requests, responses, and how long these took\n"
             "tapstat flows -r web.pcap --names udp port 53\n"
             "    who asked which name server\n"},
    ViewHelp{"arp", "which MAC address each address has: ARP, RARP, IPv6 ND",
             "tapstat arp -r lan.pcap\n"
             "    the table, with what changed in it\n"
             "tapstat arp -r lan.pcap --where 'state == conflict'\n"
             "    addresses that two claim\n"},
    ViewHelp{"mac", "each MAC address: kind, vendor, VLANs, whether it is a gateway",
             "tapstat mac -r lan.pcap --names\n"
             "    with the vendors, where the lists of the IEEE are installed\n"
             "sudo tapstat mac -i eth0 -c 10000\n"
             "    of the next 10000 packets\n"},
    ViewHelp{"stp", "spanning trees: root, bridges, segments, port roles, changes",
             "tapstat stp -r link1.pcap -r link2.pcap\n"
             "    the tree that captures of two links tell of\n"
             "tapstat stp -r lan.pcap --format dot -o tree.dot\n"
             "    for Graphviz to draw\n"},
    ViewHelp{"bpdus", "each spanning-tree BPDU, field by field",
             "tapstat bpdus -r lan.pcap\n"
             "    all of them, in the order of time\n"
             "tapstat bpdus -r lan.pcap --json\n"
             "    a record a line\n"},
    ViewHelp{"lvs", "virtual services, real servers, the paths CIP -> VIP -> RIP",
             "tapstat lvs -r director.pcap\n"
             "    services as ipvsadm -Ln lists them, and the road of every client\n"
             "tapstat lvs -r director.pcap --triage 203.0.113.9\n"
             "    what became of that client, question by question\n"
             "tapstat lvs -r director.pcap --ipvs-config ipvs.rules\n"
             "    what differs from what ipvsadm-save -n wrote\n"},
    ViewHelp{"nat", "what boxes that rewrite addresses make of connections",
             "tapstat nat -r router.pcap\n"
             "    each connection as it came and as it went on\n"
             "tapstat nat -r router.pcap --where 'kind == dnat'\n"
             "    those whose destination was rewritten\n"},
    ViewHelp{"top", "the dashboard: live, or playing a capture (keys: ?)",
             "sudo tapstat -i eth0\n"
             "    on a terminal top is what -i shows where no view is named\n"
             "tapstat top -r web.pcap\n"
             "    forward, backward and packet by packet\n"},
};

constexpr std::string_view kNotes = R"(
FILTER is a capture filter as tcpdump takes it, pcap-filter(7).
T is seconds since the epoch, a local time (2026-11-21 14:05:00), ISO 8601
(2026-11-21T14:05:00Z), or +12.5 from the first packet.
DURATION is in seconds, or has a unit: us, ms, s, m or h.
EXPR compares fields of --json's records: server.port in {80, 443} and
rtt.max > 200ms. --fields lists those of the view.
)";

// Options by the group that declare() puts them into. What is peculiar to a view comes first.
struct Group {
  std::string_view name, title;
  std::string_view views;  // which take them; empty: all; "reports": all but top
};
constexpr std::array kGroups = {
    Group{"states", "Of this view", "states"},
    Group{"ladder", "Of this view", "ladder"},
    Group{"lvs", "Of this view", "lvs"},
    Group{"stream", "Of this view", "tcp transitions"},
    Group{"input", "What is read", ""},
    Group{"live", "Live, with -i", ""},
    Group{"time", "At which time", "reports"},
    Group{"records", "Which records", "reports"},
    Group{"printing", "How it is printed", "reports"},
    Group{"showing", "How it is shown", ""},
    Group{"engine", "How states are told, and at what cost", ""},
    Group{"program", "Of the program", ""},
};

[[nodiscard]] bool goes_with(const Group& group, std::string_view view) {
  if (group.views.empty()) return true;
  if (group.views == "reports") return view != "top";
  return group.views.find(view) != std::string_view::npos;
}

constexpr std::size_t kWidth = 80;

// Behind the names of an option.
constexpr std::size_t kIndent = 24;

// What it says, in the columns behind the names, on lines of its own where these are long.
[[nodiscard]] std::string option_lines(const std::string& names, const std::string& description) {
  std::string text = "  " + names;
  std::size_t column = text.size();
  bool begins = true;
  std::istringstream words(description);
  for (std::string word; words >> word; begins = false) {
    const bool is_full = begins ? column + 2 > kIndent : column + 1 + word.size() > kWidth;
    if (is_full) text += '\n';
    if (is_full || begins) {
      text.append(is_full ? kIndent : kIndent - column, ' ');
      column = kIndent;
    } else {
      text += ' ';
      ++column;
    }
    text += word;
    column += word.size();
  }
  return text + '\n';
}

[[nodiscard]] std::string names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  const std::string type = option.get_items_expected() == 0 ? "" : " " + option.get_type_name();
  return fmt::format("{}{}", fmt::join(names, ", "), type);
}

[[nodiscard]] std::string options_of(const CLI::App& app, std::string_view view) {
  std::string text;
  for (const Group& group : kGroups) {
    if (!goes_with(group, view)) continue;
    text += fmt::format("\n{}\n", group.title);
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group() != group.name) continue;
      text += option_lines(names_of(*option), option->get_description());
    }
  }
  return text;
}

[[nodiscard]] std::string indented(std::string_view lines) {
  std::string text;
  std::istringstream stream{std::string{lines}};
  for (std::string line; std::getline(stream, line);) text += "  " + line + '\n';
  return text;
}

}  // namespace

std::string general_help() {
  std::string text =
      "tapstat: netstat for a network tap\n"
      "usage: tapstat [VIEW] -r FILE... [OPTION...] [FILTER]     of captures\n"
      "       tapstat [VIEW] -i IFACE... [OPTION...] [FILTER]    live (-D: interfaces)\n"
      "       tapstat FILE...          the same as: tapstat report -r FILE...\n\n";
  for (const ViewHelp& view : kViews)
    text += fmt::format("  {:<11}  {}\n", view.name, view.summary);
  return text +
         "\nFILTER is as tcpdump takes it. A ? behind a state: nothing confirmed it yet.\n"
         "Options and examples: tapstat VIEW --help. All of it: man tapstat\n";
}

std::string view_help(const CLI::App& app, std::string_view view) {
  const auto* help = std::find_if(kViews.begin(), kViews.end(),
                                  [&](const ViewHelp& one) { return one.name == view; });
  if (help == kViews.end()) return general_help();
  return fmt::format(
      "tapstat {0}: {1}\n\n"
      "usage: tapstat {0} -r FILE... [OPTION...] [FILTER]\n"
      "       tapstat {0} -i IFACE... [OPTION...] [FILTER]\n"
      "{2}{3}\nExamples\n{4}",
      view, help->summary, options_of(app, view), kNotes, indented(help->examples));
}

}  // namespace tapstat::app
