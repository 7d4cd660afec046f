#include "report/timeline.h"

#include <algorithm>

#include "report/cells.h"
#include "report/records.h"
#include "report/table.h"

namespace tapstat::report {

using analysis::tcp::State;
using capture::Timestamp;

namespace {

struct Span {
  Timestamp start, end;
};

[[nodiscard]] std::optional<Span> span_of(const Report& report) {
  const auto& totals = report.model.totals;
  const auto connections = report.model.tcp.connections();
  if (!totals.first) return std::nullopt;
  Span span{*totals.first, report.at.value_or(*totals.last)};
  if (report.from) {
    // What came before it is not in the totals, but in the connections.
    const auto earliest = connections.begin();
    if (earliest != connections.end()) span.start = std::min(span.start, (*earliest).first());
    span.start = std::max(span.start, *report.from);
  }
  if (span.end < span.start) return std::nullopt;
  return span;
}

}  // namespace

std::uint64_t count_instants(const Report& report) {
  const auto span = span_of(report);
  return span ? static_cast<std::uint64_t>((span->end - span->start) / *report.every) + 1 : 0;
}

Timeline::Timeline(const Report& report) : report_(report), entries_(entries_in_order(report)) {
  if (const auto span = span_of(report)) start_ = span->start;
  for (const analysis::tcp::Connection& c : report.model.tcp.connections()) {
    if (!report.keeps(c)) continue;
    connections_.push_back({c.first(), c.id(), static_cast<std::int8_t>(c.client())});
  }
  std::stable_sort(connections_.begin(), connections_.end(),
                   [](const Beginning& a, const Beginning& b) { return a.first < b.first; });
}

Timeline::Sweep::Sweep(const Timeline& timeline)
    : timeline_(timeline),
      states_(timeline.report_.model.tcp.connections().size(), {State::unknown, State::unknown}),
      clients_(states_.size(), -1) {}

const StateCounts& Timeline::Sweep::advance_to(Timestamp t) {
  const auto journal = timeline_.report_.model.tcp.journal();
  const auto& entries = timeline_.entries_;
  while (next_entry_ < entries.size() && journal[entries[next_entry_]].step.time <= t) {
    step(entries[next_entry_++]);
  }
  const auto& connections = timeline_.connections_;
  while (next_connection_ < connections.size() && connections[next_connection_].first <= t) {
    begin(connections[next_connection_++]);
  }
  return counts_;
}

void Timeline::Sweep::begin(const Beginning& beginning) {
  clients_[beginning.connection] = beginning.client;
  for (int end = 0; end < 2; ++end) ++count(beginning.connection, end);
}

void Timeline::Sweep::step(analysis::tcp::History::Position at) {
  const auto journal = timeline_.report_.model.tcp.journal();
  const auto& entry = journal[at];
  const std::uint32_t connection = journal.id_of(at);
  const bool has_begun = clients_[connection] >= 0;
  if (has_begun) --count(connection, entry.end);
  states_[connection][entry.end] = entry.step.to;
  if (has_begun) ++count(connection, entry.end);
}

std::uint64_t& Timeline::Sweep::count(std::uint32_t connection, int end) {
  const State state = states_[connection][static_cast<std::size_t>(end)];
  StateCount& count = counts_[static_cast<std::size_t>(state)];
  return end == clients_[connection] ? count.client : count.server;
}

namespace {

// A state's name in two lines, for tables with many states: both together are the name.
[[nodiscard]] std::array<std::string_view, 2> halves(std::string_view name) {
  if (const auto mark = name.find('_'); mark != std::string_view::npos) {
    return {name.substr(0, mark + 1), name.substr(mark + 1)};
  }
  if (name.size() < 7) return {"", name};
  const std::size_t half = name.size() / 2;
  return {name.substr(0, half), name.substr(half)};
}

[[nodiscard]] bool is_shown(const Report& report, Timestamp t, const StateCount& count) {
  return report.keeps(RecordType::state_count,
                      [&](RecordWriter& json) { write_state_count_at(t, count, json); });
}

using Peaks = std::array<std::uint64_t, analysis::tcp::kStateCount>;

// The most endpoints ever in each state.
[[nodiscard]] Peaks peaks_of(const Report& report, const Timeline& timeline) {
  Peaks peaks{};
  timeline.for_each([&](Timestamp t, const StateCounts& counts) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i].total() <= peaks[i] || !is_shown(report, t, counts[i])) continue;
      peaks[i] = counts[i].total();
    }
  });
  return peaks;
}

// A column for each state that occurs, behind the time's. Prints the heading.
[[nodiscard]] Table begin_table(const Report& report, const Peaks& peaks, Output& out) {
  std::vector<State> states;
  std::vector<Cell> widest{time_of_day({}, report.zone)};
  std::size_t width = widest.front().text.size();
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    if (peaks[i] == 0) continue;
    states.push_back(static_cast<State>(i));
    widest.emplace_back(std::to_string(peaks[i]));
    width += 2 + std::max(name(states.back()).size(), widest.back().text.size());
  }
  const bool two_lines = width > report.width;
  std::vector<Column> columns{{two_lines ? "" : "Time"}};
  std::vector<Cell> second_line{std::string{"Time"}};
  for (const State state : states) {
    columns.push_back({two_lines ? halves(name(state))[0] : name(state), Align::right});
    second_line.emplace_back(std::string{halves(name(state))[1]});
  }
  Table table(std::move(columns));
  table.measure(widest);
  if (two_lines) table.measure(second_line);
  table.print_header(out, report.color);
  if (two_lines) table.print_row(second_line, out, report.color);
  return table;
}

}  // namespace

void print_timeline_text(const Report& report, Output& out) {
  const Timeline timeline(report);
  const Peaks peaks = peaks_of(report, timeline);
  const Table table = begin_table(report, peaks, out);
  timeline.for_each([&](Timestamp t, const StateCounts& counts) {
    std::vector<Cell> row{time_of_day(t, report.zone)};
    bool any_shown = false;
    for (std::size_t i = 0; i < peaks.size(); ++i) {
      if (peaks[i] == 0) continue;
      const bool shown = report.where == nullptr || is_shown(report, t, counts[i]);
      row.emplace_back(shown ? std::to_string(counts[i].total()) : std::string{});
      any_shown = any_shown || shown;
    }
    if (any_shown || report.where == nullptr) table.print_row(row, out, report.color);
  });
}

}  // namespace tapstat::report
