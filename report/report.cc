#include "report/report.h"

#include "report/records.h"
#include "report/tally.h"
#include "report/text.h"

namespace tapstat::report {
namespace {

void print_text(const Report& report, View view, Output& out) {
  switch (view) {
    case View::report:
      return print_report_text(report, out);
    case View::tcp:
      return print_tcp_text(report, out);
    case View::states:
      return print_states_text(report, out);
  }
}

void print_json(const Report& report, View view, Output& out) {
  JsonWriter json;
  const auto finish = [&] {
    out.write(json.finish_line());
    json.clear();
  };
  write_capture(report, json);
  finish();
  if (view != View::tcp) {
    for (const StateCount& count : count_states(report)) {
      write_state_count(count, json);
      finish();
    }
  }
  if (view != View::states) {
    report.for_each_connection([&](const analysis::tcp::Connection& c) {
      write_tcp(report, c, json);
      finish();
    });
  }
}

}  // namespace

void print(const Report& report, View view, Format format, Output& out) {
  format == Format::json ? print_json(report, view, out) : print_text(report, view, out);
}

}  // namespace tapstat::report
