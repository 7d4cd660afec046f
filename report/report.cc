#include "report/report.h"

#include "analysis/findings/findings.h"
#include "report/findings.h"
#include "report/ladder.h"
#include "report/records.h"
#include "report/tally.h"
#include "report/text.h"
#include "report/timeline.h"
#include "report/transitions.h"

namespace tapstat::report {
namespace {

void print_text(const Report& report, View view, Output& out) {
  switch (view) {
    case View::report:
      return print_report_text(report, out);
    case View::tcp:
      return print_tcp_text(report, out);
    case View::states:
      return report.every ? print_timeline_text(report, out) : print_states_text(report, out);
    case View::transitions:
      return print_transitions_text(report, out);
    case View::ladder:
      return print_ladder_text(report, out);
    case View::findings:
      return print_findings_text(report, out);
  }
}

// Records, a line each.
struct Lines {
  Output& out;
  JsonWriter json;

  template <typename F>
  void add(F&& write) {
    write(json);
    out.write(json.finish_line());
    json.clear();
  }
};

void print_states_json(const Report& report, Lines& lines) {
  if (report.every) {
    Timeline(report).for_each([&](capture::Timestamp t, const StateCounts& counts) {
      for (const StateCount& count : most_first(counts)) {
        lines.add([&](JsonWriter& json) { write_state_count_at(t, count, json); });
      }
    });
    return;
  }
  for (const StateCount& count : count_states(report)) {
    lines.add([&](JsonWriter& json) { write_state_count(report, count, json); });
  }
}

void print_tcp_json(const Report& report, Lines& lines) {
  report.for_each_connection([&](const analysis::tcp::Connection& c) {
    lines.add([&](JsonWriter& json) { write_tcp(report, c, json); });
  });
}

void print_transitions_json(const Report& report, Lines& lines) {
  Transitions(report).for_each([&](const Transition& transition) {
    lines.add([&](JsonWriter& json) { write_transition(transition, json); });
  });
}

void print_findings_json(const Report& report, Lines& lines) {
  for (const analysis::Finding& finding : analysis::find_all(report.model)) {
    lines.add([&](JsonWriter& json) { write_finding(finding, json); });
  }
}

void print_json(const Report& report, View view, Output& out) {
  Lines lines{out, {}};
  lines.add([&](JsonWriter& json) { write_capture(report, json); });
  switch (view) {
    case View::report:
      print_states_json(report, lines);
      print_tcp_json(report, lines);
      return print_findings_json(report, lines);
    case View::tcp:
      return print_tcp_json(report, lines);
    case View::states:
      return print_states_json(report, lines);
    case View::transitions:
      return print_transitions_json(report, lines);
    case View::ladder:
      return print_ladder_json(report, lines.json, out);
    case View::findings:
      return print_findings_json(report, lines);
  }
}

}  // namespace

void print(const Report& report, View view, Format format, Output& out) {
  format == Format::json ? print_json(report, view, out) : print_text(report, view, out);
}

}  // namespace tapstat::report
