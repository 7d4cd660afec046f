#include "report/report.h"

#include <fmt/format.h>

#include "analysis/forwarding/leg_table.h"
#include "analysis/spanning_tree/bpdu_log.h"
#include "report/bpdus.h"
#include "report/csv_writer.h"
#include "report/events.h"
#include "report/findings.h"
#include "report/flows.h"
#include "report/json_writer.h"
#include "report/ladder.h"
#include "report/lvs.h"
#include "report/nat.h"
#include "report/neighbors.h"
#include "report/records.h"
#include "report/spanning_tree.h"
#include "report/stations.h"
#include "report/tcp_table.h"
#include "report/text.h"
#include "report/timeline.h"
#include "report/transitions.h"
#include "report/view_records.h"
#include "report/zeek_log.h"

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
    case View::events:
      return print_events_text(report, out);
    case View::ladder:
      return print_ladder_text(report, out);
    case View::findings:
      return print_findings_text(report, out);
    case View::flows:
      return print_flows_text(report, out);
    case View::arp:
      return print_neighbors_text(report, out);
    case View::mac:
      return print_stations_text(report, out);
    case View::stp:
      return print_trees_text(report, out);
    case View::bpdus:
      return print_bpdus_text(report, out);
    case View::lvs:
      return print_lvs_text(report, out);
    case View::nat:
      return print_nat_text(report, out);
  }
}

// Records, a line each.
void print_json(const Report& report, View view, Output& out) {
  JsonWriter json;
  const auto add = [&](const WriteRecord& write) {
    write(json);
    out.write(json.finish_line());
    json.clear();
  };
  add([&](RecordWriter& capture) { write_capture(report, capture); });
  for_each_record(report, view, add);
}

void print_csv(const Report& report, View view, Output& out) {
  CsvWriter csv(record_type(view));
  out.write(csv.header());
  for_each_queried_record(report, view, [&](const WriteRecord& write) {
    write(csv);
    out.write(csv.finish_line());
  });
}

}  // namespace

bool has_form(View view, Format format) {
  switch (format) {
    case Format::csv:  // one kind of record, and no tree in it
      return view != View::report && view != View::stp;
    case Format::zeek:
      return view == View::tcp;
    case Format::dot:
      return view == View::stp;
    case Format::text:
    case Format::json:
      break;
  }
  return true;
}

std::uint64_t Report::evicted() const {
  const auto* bpdus = model.layer2.bpdus;
  return model.tcp.given_up() + (bpdus != nullptr ? bpdus->left_out() : 0) +
         (model.events != nullptr ? model.events->left_out() : 0);
}

std::uint64_t Report::unkept_legs() const {
  return model.legs != nullptr ? model.legs->unkept() : 0;
}

std::vector<std::string> shortages(const Report& report) {
  std::vector<std::string> lines;
  const auto tell = [&](std::string_view what, std::uint64_t count) {
    if (count > 0) lines.push_back(fmt::format("{}: {}", what, count));
  };
  tell("Given up for lack of memory", report.evicted());
  tell("Packets of further flows, for which there was no memory", report.model.unkept_flows);
  tell("Packets of further connections, for which there was no memory", report.model.unkept_conns);
  tell("Packets of further legs, for which there was no memory", report.unkept_legs());
  return lines;
}

void print_shortages(const Report& report, Format format, Output& out) {
  // A capture record tells; and comma-separated values have no comments.
  if (format == Format::json || format == Format::csv) return;
  const std::string_view comment = format == Format::zeek  ? "#"
                                   : format == Format::dot ? "// "
                                                           : "";
  for (const std::string& line : shortages(report)) out.write(fmt::format("{}{}\n", comment, line));
}

void print(const Report& report, View view, Format format, Output& out) {
  switch (format) {
    case Format::text:
      print_text(report, view, out);
      break;
    case Format::json:
      print_json(report, view, out);
      break;
    case Format::csv:
      print_csv(report, view, out);
      break;
    case Format::zeek:
      print_zeek_log(report, out);
      break;
    case Format::dot:
      print_trees_dot(report, out);
      break;
  }
  print_shortages(report, format, out);
}

}  // namespace tapstat::report
