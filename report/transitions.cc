#include "report/transitions.h"

#include <fmt/format.h>

#include "report/cells.h"
#include "report/records.h"
#include "report/table.h"

namespace tapstat::report {

using analysis::tcp::Event;
using analysis::tcp::History;
using analysis::tcp::Journal;
using analysis::tcp::Step;

std::string cause_text(const Step& step) {
  std::string text{name(step.cause)};
  if (step.cause == Event::expired) text += fmt::format(" {}", name(step.from));
  return text;
}

Transition Transitions::transition(History::Position at) const {
  const History journal = report_.model.tcp.journal();
  const Journal::Entry& entry = journal[at];
  const auto entry_at = [&](std::uint32_t index) -> const Journal::Entry& {
    return journal[{at.shard, index}];
  };
  std::optional<std::chrono::nanoseconds> held;
  // Steps that only changed how sure the state is did not begin it.
  std::uint32_t i = entry.previous;
  while (i != Journal::kNone && entry_at(i).step.from == entry_at(i).step.to) {
    i = entry_at(i).previous;
  }
  if (i != Journal::kNone) held = entry.step.time - entry_at(i).step.time;
  return {.connection = report_.model.tcp.connections()[journal.id_of(at)],
          .step = entry.step,
          .held = held,
          .end = entry.end,
          .was_sure = entry.previous == Journal::kNone || entry_at(entry.previous).step.sure};
}

bool Transitions::is_kept(const Transition& t) const {
  return report_.keeps(RecordType::transition,
                       [&](RecordWriter& json) { write_transition(t, json); });
}

namespace {

[[nodiscard]] std::vector<Cell> row(const Report& report, const Transition& t) {
  const auto& c = t.connection;
  const Step& step = t.step;
  return {time_of_day(step.time, report.zone),
          std::to_string(c.id()),
          std::string{t.end == c.client() ? "client" : "server"},
          end_text(report, c, t.end),
          end_text(report, c, 1 - t.end),
          state_cell({step.from, std::nullopt, t.was_sure}),
          arrow_text(report),
          state_cell({step.to, std::nullopt, step.sure}),
          cause_text(step),
          step.frame == 0 ? std::string{} : std::to_string(step.frame),
          t.held ? duration_text(*t.held) : std::string{}};
}

}  // namespace

void print_transitions_text(const Report& report, Output& out) {
  Table table({{"Time"},
               {"Id", Align::right},
               {"End"},
               {"Address"},
               {"Peer"},
               {"From"},
               {""},
               {"To"},
               {"Cause"},
               {"Frame", Align::right},
               {"Held", Align::right}});
  const Transitions transitions(report);
  transitions.for_each([&](const Transition& t) { table.measure(row(report, t)); });
  table.print_header(out, report.color);
  transitions.for_each(
      [&](const Transition& t) { table.print_row(row(report, t), out, report.color); });
}

}  // namespace tapstat::report
