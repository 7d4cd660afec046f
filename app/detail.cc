#include "app/detail.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "app/connection_graphs.h"
#include "app/field_lines.h"
#include "app/page_output.h"
#include "report/cells.h"
#include "report/kernel_truth.h"
#include "report/ladder.h"
#include "report/records.h"
#include "report/time_text.h"
#include "tui/numbers.h"

namespace tapstat::app {
namespace {

using analysis::tcp::Connection;
using analysis::tcp::Note;
using analysis::tcp::Quality;
using report::Report;

// The last of them: a picture is made four times a second.
constexpr std::uint32_t kMostSegments = 2000;

// The state it is in, and those before it.
[[nodiscard]] tui::Position position_of(const Report& report, const Connection& c, int end) {
  tui::Position position;
  position.state = name(report.standing(c, end).state);
  for (const auto& step : report.model.tcp.journal().steps(c.id(), end)) {
    position.visited.emplace_back(name(step.to));
  }
  return position;
}

[[nodiscard]] std::string count_of(const Quality* quality, Note note) {
  return quality == nullptr ? "0" : std::to_string(quality->count(note));
}

[[nodiscard]] std::string rtt_text(const Quality* quality) {
  if (quality == nullptr || quality->rtt.samples() == 0) return "";
  const auto& rtt = quality->rtt;
  return fmt::format("{} ({} to {})", report::duration_text(rtt.average()),
                     report::duration_text(rtt.min()), report::duration_text(rtt.max()));
}

[[nodiscard]] std::string since_text(const Report& report, const Connection& c, int end) {
  const auto since = report.standing(c, end).since;
  return since ? report::time_of_day(*since, report.zone) : "";
}

template <typename Of>
void add(report::Table& table, std::string title, const Connection& c, Of&& of) {
  table.add({std::move(title), of(c.client()), of(c.server())});
}

// What the kernel says, where an end is on this host: it stands beside what packets tell.
void add_kernel(const Report& report, const Connection& c, report::Table& table) {
  const auto of = [&](int i) { return report.kernel->find(c, i); };
  if (!of(0) && !of(1)) return;
  add(table, "By its kernel", c, [&](int i) {
    const auto end = of(i);
    if (!end) return report::Cell{""};
    const bool differs = report.kernel->contradiction(c, i, report.standing(c, i)).has_value();
    return report::Cell{std::string{name(end->state)},
                        differs ? report::Role::failed : report::Role::plain};
  });
  add(table, "Process", c, [&](int i) {
    const auto end = of(i);
    return report::Cell{end ? owner_text(*end) : ""};
  });
}

[[nodiscard]] report::Table ends_of(const Report& report, const Connection& c) {
  report::Table table({{""}, {"Client"}, {"Server"}});
  const auto quality = [&](int i) { return report.model.tcp.quality(c, i); };
  const auto number = [](std::uint64_t n) { return report::Cell{tui::whole_number(n)}; };
  add(table, "Address", c, [&](int i) { return report::Cell{end_text(report, c, i)}; });
  add(table, "State", c, [&](int i) { return report::state_cell(report.standing(c, i)); });
  if (report.kernel != nullptr) add_kernel(report, c, table);
  add(table, "Since", c, [&](int i) { return report::Cell{since_text(report, c, i)}; });
  add(table, "Packets", c, [&](int i) { return number(c.traffic(i).packets); });
  add(table, "Bytes sent", c, [&](int i) { return number(c.end(i).bytes()); });
  add(table, "Round trip", c, [&](int i) { return report::Cell{rtt_text(quality(i))}; });
  add(table, "Sent again", c,
      [&](int i) { return report::Cell{count_of(quality(i), Note::retransmission)}; });
  add(table, "Zero window", c,
      [&](int i) { return report::Cell{count_of(quality(i), Note::zero_window)}; });
  return table;
}

[[nodiscard]] tui::Page summary_of(const Report& report, const Connection& c, int columns) {
  using analysis::tcp::ClosedBy;
  PageOutput out(static_cast<std::size_t>(columns));
  ends_of(report, c).print(out, true);
  const ClosedBy by = report.closed_by(c);
  const auto lasted = report::duration_text(c.last() - c.first());
  out.write(
      fmt::format("\nBegan {}, {} so far", report::time_of_day(c.first(), report.zone), lasted));
  if (const auto* analysis = report.model.tcp.analysis(c)) {
    const auto rtt = analysis->initial_rtt();
    if (rtt) out.write(fmt::format("; handshake {}", report::duration_text(*rtt)));
  }
  if (by != ClosedBy::open) {
    out.write(
        fmt::format("; closed by {}", analysis::tcp::kClosedByNames[static_cast<std::size_t>(by)]));
  }
  out.write("\n");
  return out.take();
}

[[nodiscard]] bool is_logged(const Report& report, std::uint32_t id) {
  return report.log != nullptr && report.log->connection() == id;
}

[[nodiscard]] tui::Page ladder_of(Report report, const Connection& c, int columns) {
  PageOutput out(static_cast<std::size_t>(columns));
  if (!is_logged(report, c.id())) {
    out.write("no segment since it was opened\n");
    return out.take();
  }
  const std::uint32_t size = report.log->size();
  if (size > kMostSegments) {
    report.from = (*report.log)[size - kMostSegments].time;
    out.write(fmt::format("the last {} of {} segments\n", kMostSegments, size));
  }
  report.width = static_cast<std::size_t>(columns);
  report.color = true;
  report::print_ladder_text(report, out);
  return out.take();
}

}  // namespace

tui::Detail detail_of(const Report& report, std::uint32_t id, tui::Part part, int columns) {
  tui::Detail detail;
  detail.id = id;
  const auto connections = report.model.tcp.connections();
  detail.is_there = connections.has(id);
  if (!detail.is_there) return detail;
  const Connection c = connections[id];
  detail.title = fmt::format("{} {} {}", end_text(report, c, c.client()),
                             report::arrow_text(report), end_text(report, c, c.server()));
  detail.positions = {position_of(report, c, c.client()), position_of(report, c, c.server())};
  switch (part) {
    case tui::Part::overview:
      detail.summary = summary_of(report, c, columns);
      break;
    case tui::Part::ladder:
      detail.ladder = ladder_of(report, c, columns);
      break;
    case tui::Part::graphs:
      if (is_logged(report, id)) detail.graphs = graphs_of(*report.log, c.client());
      break;
    case tui::Part::record:
      detail.record = field_lines(
          [&](report::RecordWriter& record) { write_tcp(report, c, record); }, report.zone);
      break;
  }
  return detail;
}

}  // namespace tapstat::app
