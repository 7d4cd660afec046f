#include "report/text.h"

#include <fmt/format.h>

#include "report/address_text.h"
#include "report/link_names.h"
#include "report/table.h"
#include "report/tally.h"

namespace tapstat::report {
namespace {

using analysis::tcp::ClosedBy;
using analysis::tcp::Connection;
using analysis::tcp::Endpoint;
using analysis::tcp::State;

constexpr std::size_t kTalkersShown = 10;

[[nodiscard]] Role role_of(State state) {
  switch (state) {
    case State::closed:
    case State::listen:
    case State::time_wait:
      return Role::quiet;
    case State::syn_sent:
    case State::syn_received:
    case State::close_wait:
    case State::unknown:
      return Role::notable;
    default:
      return Role::plain;
  }
}

// A question mark where the state rests on a packet whose arrival nothing confirmed, or on a timer.
[[nodiscard]] Cell state_cell(const Endpoint& end) {
  const bool doubt = !end.sure() && end.state() != State::unknown;
  return {fmt::format("{}{}", name(end.state()), doubt ? "?" : ""), role_of(end.state())};
}

[[nodiscard]] std::string bytes_text(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

[[nodiscard]] std::string end_text(const Connection& c, int i) {
  return endpoint_text(c.key().address[i], c.key().port[i]);
}

[[nodiscard]] Cell closed_cell(const Connection& c) {
  const ClosedBy by = c.closed_by();
  if (by == ClosedBy::open) return std::string{};
  const bool in_order = by == ClosedBy::client || by == ClosedBy::server || by == ClosedBy::both;
  return {std::string{analysis::tcp::kClosedByNames[static_cast<std::size_t>(by)]},
          in_order ? Role::plain : Role::failed};
}

template <typename... Args>
void line(Output& out, fmt::format_string<Args...> format, Args&&... args) {
  out.write(fmt::format(format, std::forward<Args>(args)...) + '\n');
}

void print_input(const capture::InputInfo& input, Output& out) {
  std::string links;
  for (const capture::LinkType link : input.link_types) {
    links += (links.empty() ? "" : ", ") + link_type_name(link);
  }
  line(out, "{}: {}{}{}{}", input.path, input.format,
       input.compression.empty() ? "" : " (" + input.compression + ")", links.empty() ? "" : ", ",
       links);
  line(out, "  {} packets, {}{}", input.packets, bytes_text(input.bytes),
       input.snapped == 0 ? "" : fmt::format(", {} cut by the snap length", input.snapped));
  if (input.kernel_dropped || input.interface_dropped) {
    line(out, "  dropped while capturing: {} by the kernel, {} by the interface",
         input.kernel_dropped.value_or(0), input.interface_dropped.value_or(0));
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
  line(out, "Packets: {}{}", totals.packets, parts.empty() ? "" : " (" + parts + ")");
}

void print_talkers(const Report& report, Output& out) {
  Table table({{"Address"},
               {"Connections", Align::right},
               {"Packets sent", Align::right},
               {"Bytes sent", Align::right},
               {"Bytes received", Align::right}});
  for (const Talker& t : top_talkers(report, kTalkersShown)) {
    table.add({address_text(t.address), std::to_string(t.connections),
               std::to_string(t.packets_sent), bytes_text(t.bytes_sent),
               bytes_text(t.bytes_received)});
  }
  table.print(out, report.color, "  ");
}

}  // namespace

void print_tcp_text(const Report& report, Output& out) {
  Table table({{"Id", Align::right},
               {"Client"},
               {"State"},
               {"Server"},
               {"State"},
               {"Packets", Align::right},
               {"Sent", Align::right},
               {"Received", Align::right},
               {"Start"},
               {"Duration", Align::right},
               {"Closed by"}});
  report.for_each_connection([&](const Connection& c) {
    const int client = c.client();
    const int server = c.server();
    table.add({std::to_string(c.id()), end_text(c, client), state_cell(c.end(client)),
               end_text(c, server), state_cell(c.end(server)),
               std::to_string(c.traffic(client).packets + c.traffic(server).packets),
               bytes_text(c.end(client).bytes()), bytes_text(c.end(server).bytes()),
               time_of_day(c.first(), report.zone), duration_text(c.last() - c.first()),
               closed_cell(c)});
  });
  table.print(out, report.color);
}

void print_states_text(const Report& report, Output& out) {
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
  for (const capture::InputInfo* input : report.inputs) print_input(*input, out);
  const analysis::Totals& totals = report.model.totals;
  print_contents(totals, out);
  if (totals.first) {
    line(out, "Time: {} to {} ({})", date_and_time(*totals.first, report.zone),
         date_and_time(*totals.last, report.zone), duration_text(*totals.last - *totals.first));
  }
  std::uint64_t connections = 0;
  report.for_each_connection([&](const Connection&) { ++connections; });
  line(out, "TCP connections: {}", connections);
  if (connections == 0) return;
  line(out, "\nEndpoints by TCP state");
  print_states_text(report, out);
  line(out, "\nTop talkers (TCP)");
  print_talkers(report, out);
  line(out, "\nConnections");
  print_tcp_text(report, out);
}

}  // namespace tapstat::report
