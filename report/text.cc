#include "report/text.h"

#include <fmt/format.h>

#include "report/cells.h"
#include "report/findings.h"
#include "report/forwarded.h"
#include "report/link_names.h"
#include "report/lvs.h"
#include "report/nat.h"
#include "report/neighbors.h"
#include "report/printable.h"
#include "report/quality_summary.h"
#include "report/records.h"
#include "report/spanning_tree.h"
#include "report/stations.h"
#include "report/table.h"
#include "report/tally.h"
#include "report/tcp_table.h"
#include "report/time_order.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Connection;

constexpr std::size_t kTalkersShown = 10;

template <typename... Args>
void line(Output& out, fmt::format_string<Args...> format, Args&&... args) {
  out.write(fmt::format(format, std::forward<Args>(args)...) + '\n');
}

// "12.3ms ahead of FILE", by packets that were seen at both.
void print_clock(const Report& report, std::size_t i, Output& out) {
  const auto offset = clock_offset(report, i);
  if (!offset) return;
  const bool is_behind = offset->count() < 0;
  line(out, "  clock {} {} that of {}", duration_text(is_behind ? -*offset : *offset),
       is_behind ? "behind" : "ahead of", printable(report.inputs.front()->path));
}

void print_input(const Report& report, std::size_t i, Output& out) {
  const capture::InputInfo& input = *report.inputs[i];
  std::string links;
  for (const capture::LinkType link : input.link_types) {
    links += (links.empty() ? "" : ", ") + link_type_name(link);
  }
  line(out, "{}: {}{}{}{}", printable(input.path), input.format,
       input.compression.empty() ? "" : " (" + input.compression + ")", links.empty() ? "" : ", ",
       links);
  line(out, "  {} packets, {}{}", input.packets, bytes_text(input.bytes),
       input.snapped == 0 ? "" : fmt::format(", {} cut by the snap length", input.snapped));
  if (input.kernel_dropped || input.interface_dropped) {
    line(out, "  dropped while capturing: {} by the kernel, {} by the interface",
         input.kernel_dropped.value_or(0), input.interface_dropped.value_or(0));
  }
  print_clock(report, i, out);
  for (const std::string& text : {out_of_order_text(input.order), clock_step_text(input.order)}) {
    if (!text.empty()) line(out, "  {}", text);
  }
  if (input.damage) line(out, "  {}", input.damage->message);
}

void print_contents(const analysis::Totals& totals, Output& out) {
  std::string parts;
  const auto add = [&](std::uint64_t n, std::string_view what) {
    if (n > 0) parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", n, what);
  };
  add(totals.tcp, "TCP");
  add(totals.udp, "UDP");
  add(totals.icmp, "ICMP");
  add(totals.arp, "ARP");
  add(totals.bpdu, "BPDU");
  add(totals.other, "other IP");
  add(totals.fragments, "fragments");
  add(totals.truncated, "with headers cut off");
  add(totals.malformed, "malformed");
  add(totals.undecoded, "not understood");
  add(totals.bad_checksums.value_or(0), "left out for a bad checksum");
  line(out, "Packets: {}{}", totals.packets, parts.empty() ? "" : " (" + parts + ")");
}

void print_state_changes_text(const Report& report, Output& out) {
  Table table({{"Change", Align::right},
               {"Count", Align::right},
               {"Client", Align::right},
               {"Server", Align::right},
               {"State"}});
  const auto numbers = [&](std::uint64_t from, std::uint64_t to) {
    return change_text(report, std::to_string(from), std::to_string(to));
  };
  for (const StateCount& s : count_states(report)) {
    const auto change = static_cast<std::int64_t>(s.total() - s.total_from());
    table.add({change == 0 ? std::string{"0"} : fmt::format("{:+}", change),
               numbers(s.total_from(), s.total()),
               numbers(s.client_from, s.client),
               numbers(s.server_from, s.server),
               {std::string{name(s.state)}, role_of(s.state)}});
  }
  table.print(out, report.color);
}

}  // namespace

void print_talkers_text(const Report& report, const std::vector<Talker>& talkers, Output& out) {
  Table table({{"Address"},
               {"Connections", Align::right},
               {"Packets sent", Align::right},
               {"Bytes sent", Align::right},
               {"Bytes received", Align::right}});
  for (const Talker& t : talkers) {
    table.add({host_text(report.names, t.address), std::to_string(t.connections),
               std::to_string(t.packets_sent), bytes_text(t.bytes_sent),
               bytes_text(t.bytes_received)});
  }
  table.print(out, report.color, "  ");
}

void print_states_text(const Report& report, Output& out) {
  if (report.from) return print_state_changes_text(report, out);
  Table table(
      {{"Count", Align::right}, {"Client", Align::right}, {"Server", Align::right}, {"State"}});
  for (const StateCount& s : count_states(report)) {
    table.add({std::to_string(s.total()),
               std::to_string(s.client),
               std::to_string(s.server),
               {std::string{name(s.state)}, role_of(s.state)}});
  }
  table.print(out, report.color);
}

void print_report_text(const Report& report, Output& out) {
  for (std::size_t i = 0; i < report.inputs.size(); ++i) print_input(report, i, out);
  const analysis::Totals& totals = report.model.totals;
  print_contents(totals, out);
  if (totals.first) {
    line(out, "Time: {} to {} ({})", date_and_time(*totals.first, report.zone),
         date_and_time(*totals.last, report.zone), duration_text(*totals.last - *totals.first));
  }
  std::uint64_t connections = 0, legs = 0;
  report.for_each_connection([&](const Connection& c) {
    ++connections;
    legs += report.forwarded != nullptr && report.forwarded->legs().find(c.id()) != nullptr;
  });
  line(out, "TCP connections: {}{}", connections,
       legs == 0 ? "" : fmt::format(", of which {} are further legs of others", legs));
  if (connections > 0) {
    line(out, "\nEndpoints by TCP state");
    print_states_text(report, out);
    line(out, "\nTop talkers (TCP)");
    print_talkers_text(report, top_talkers(report, kTalkersShown), out);
    print_quality_summary(report, out);
  }
  print_findings_section(report, out);
  print_lvs_section(report, out);
  print_nat_section(report, out);
  print_trees_section(report, out);
  print_neighbors_section(report, out);
  print_stations_section(report, out);
  if (connections > 0) {
    line(out, "\nConnections");
    print_tcp_text(report, out);
  }
}

}  // namespace tapstat::report
