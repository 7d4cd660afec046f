#include "report/transitions.h"

#include <fmt/format.h>

#include "report/cells.h"
#include "report/records.h"
#include "report/table.h"

namespace tapstat::report {

using analysis::tcp::Event;
using analysis::tcp::History;
using analysis::tcp::Journal;
using analysis::tcp::StateLeft;
using analysis::tcp::Step;

std::string cause_text(const Step& step) {
  std::string text{name(step.cause)};
  if (step.cause == Event::expired) text += fmt::format(" {}", name(step.from));
  return text;
}

std::string cause_text(const Transition& t) {
  return t.corrects ? "taken back" : cause_text(t.step);
}

Transition Transitions::transition(History::Position at) const {
  const History journal = report_.model.tcp.journal();
  const Journal::Entry& entry = journal[at];
  const StateLeft left = journal.left_by(at);
  const auto connection = report_.model.tcp.connections()[journal.id_of(at)];
  return {.connection = connection,
          .step = entry.step,
          .held = left.held,
          .end = entry.end,
          .is_client = entry.end == connection.client(),
          .was_sure = left.was_sure};
}

namespace {

// Of text: which other row it is about is told, too.
[[nodiscard]] std::string cause_cell(const Report& report, const Transition& t) {
  if (t.corrects) return "takes back " + time_of_day(*t.corrects, report.zone);
  if (t.confirms) return "confirms " + time_of_day(*t.confirms, report.zone);
  return cause_text(t);
}

}  // namespace

std::vector<Cell> transition_row(const Report& report, const Transition& t) {
  const auto& c = t.connection;
  const Step& step = t.step;
  return {time_of_day(step.time, report.zone),
          std::to_string(c.id()),
          std::string{t.is_client ? "client" : "server"},
          end_text(report, c, t.end),
          end_text(report, c, 1 - t.end),
          state_cell({step.from, std::nullopt, t.was_sure}),
          arrow_text(report),
          state_cell({step.to, std::nullopt, step.sure}),
          cause_cell(report, t),
          step.frame == 0 ? std::string{} : std::to_string(step.frame),
          t.held ? duration_text(*t.held) : std::string{}};
}

Table transition_table() {
  return Table({{"Time"},
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
}

void print_transitions_text(const Report& report, Output& out) {
  Table table = transition_table();
  const Transitions transitions(report);
  transitions.for_each([&](const Transition& t) { table.measure(transition_row(report, t)); });
  table.print_header(out, report.color);
  transitions.for_each(
      [&](const Transition& t) { table.print_row(transition_row(report, t), out, report.color); });
}

}  // namespace tapstat::report
