#include "report/view_records.h"

#include "report/bpdus.h"
#include "report/events.h"
#include "report/findings.h"
#include "report/flows.h"
#include "report/ladder.h"
#include "report/lvs.h"
#include "report/nat.h"
#include "report/neighbors.h"
#include "report/quality_summary.h"
#include "report/query/record_filter.h"
#include "report/records.h"
#include "report/spanning_tree.h"
#include "report/stations.h"
#include "report/tally.h"
#include "report/timeline.h"
#include "report/transitions.h"

namespace tapstat::report {
namespace {

using Visit = std::function<void(const WriteRecord&)>;

void for_each_state_count(const Report& report, const Visit& visit) {
  if (!report.every) {
    for (const StateCount& count : count_states(report)) {
      visit([&](RecordWriter& json) { write_state_count(report, count, json); });
    }
    return;
  }
  Timeline(report).for_each([&](capture::Timestamp t, const StateCounts& counts) {
    for (const StateCount& count : most_first(counts)) {
      const WriteRecord write = [&](RecordWriter& json) { write_state_count_at(t, count, json); };
      if (report.keeps(RecordType::state_count, write)) visit(write);
    }
  });
}

void for_each_tcp(const Report& report, const Visit& visit) {
  report.for_each_connection([&](const analysis::tcp::Connection& c) {
    visit([&](RecordWriter& json) { write_tcp(report, c, json); });
  });
}

void for_each_transition(const Report& report, const Visit& visit) {
  Transitions(report).for_each([&](const Transition& transition) {
    visit([&](RecordWriter& json) { write_transition(transition, json); });
  });
}

void for_each_event_record(const Report& report, const Visit& visit) {
  for_each_event(report, [&](const analysis::tcp::LoggedEvent& event) {
    visit([&](RecordWriter& json) { write_event(report, event, json); });
  });
}

void for_each_flow_record(const Report& report, const Visit& visit) {
  for_each_flow(report, [&](const analysis::flows::Flow& flow) {
    visit([&](RecordWriter& json) { write_flow(report, flow, json); });
  });
}

void for_each_quality_sum(const Report& report, const Visit& visit) {
  const QualitySummary summary = summarize_quality(report);
  for (const EventCount& count : summary.events) {
    visit([&](RecordWriter& json) { write_event_count(count, json); });
  }
  for (const Worst& worst : summary.worst) {
    visit([&](RecordWriter& json) { write_worst(report, worst, json); });
  }
}

void for_each_finding(const Report& report, const Visit& visit) {
  for (const analysis::Finding& finding : findings_of(report)) {
    visit([&](RecordWriter& json) { write_finding(finding, json); });
  }
}

}  // namespace

RecordType record_type(View view) {
  switch (view) {
    case View::states:
      return RecordType::state_count;
    case View::transitions:
      return RecordType::transition;
    case View::events:
      return RecordType::event;
    case View::flows:
      return RecordType::flow;
    case View::ladder:
      return RecordType::step;
    case View::findings:
      return RecordType::finding;
    case View::arp:
      return RecordType::arp;
    case View::mac:
      return RecordType::mac;
    case View::stp:
      return RecordType::stp;
    case View::bpdus:
      return RecordType::bpdu;
    case View::lvs:
      return RecordType::lvs_path;
    case View::nat:
      return RecordType::nat;
    case View::report:
    case View::tcp:
      break;
  }
  return RecordType::tcp;
}

void for_each_record(const Report& report, View view, const Visit& visit) {
  switch (view) {
    case View::report:
      for_each_state_count(report, visit);
      for_each_quality_sum(report, visit);
      for_each_tcp(report, visit);
      for_each_neighbor_record(report, visit);
      for_each_station_record(report, visit);
      for_each_tree_record(report, visit);
      for_each_lvs_record(report, visit);
      for_each_nat_record(report, visit);
      return for_each_finding(report, visit);
    case View::tcp:
      return for_each_tcp(report, visit);
    case View::states:
      return for_each_state_count(report, visit);
    case View::transitions:
      return for_each_transition(report, visit);
    case View::events:
      return for_each_event_record(report, visit);
    case View::flows:
      return for_each_flow_record(report, visit);
    case View::ladder:
      return for_each_step(report, [&](const WriteRecord& write) {
        if (report.keeps(RecordType::step, write)) visit(write);
      });
    case View::findings:
      return for_each_finding(report, visit);
    case View::arp:
      return for_each_neighbor_record(report, visit);
    case View::mac:
      return for_each_station_record(report, visit);
    case View::stp:
      return for_each_tree_record(report, visit);
    case View::bpdus:
      return for_each_bpdu_record(report, visit);
    case View::lvs:
      return for_each_lvs_record(report, visit);
    case View::nat:
      return for_each_nat_record(report, visit);
  }
}

void for_each_queried_record(const Report& report, View view, const Visit& visit) {
  switch (view) {
    case View::report:
      return for_each_record(report, View::tcp, visit);
    case View::lvs:
      return for_each_lvs_path_record(report, visit);
    default:
      return for_each_record(report, view, visit);
  }
}

bool Report::keeps(RecordType type, const WriteRecord& write) const {
  return where == nullptr || where->type() != type || where->keeps(write);
}

bool Report::keeps(const Transition& t) const {
  if (where == nullptr) return true;
  return keeps(RecordType::transition, [&](RecordWriter& json) { write_transition(t, json); });
}

bool Report::keeps(const analysis::tcp::Connection& c) const {
  if (where == nullptr) return true;
  return keeps(RecordType::tcp, [&](RecordWriter& json) { write_tcp(*this, c, json); });
}

}  // namespace tapstat::report
