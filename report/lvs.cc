#include "report/lvs.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "report/forwarded.h"
#include "report/lvs/differences.h"
#include "report/lvs/path_table.h"
#include "report/lvs/records.h"
#include "report/lvs/road.h"
#include "report/lvs/selection.h"
#include "report/lvs/service_facts.h"
#include "report/lvs/service_table.h"
#include "report/lvs/triage.h"
#include "report/lvs/words.h"

namespace tapstat::report {
namespace {

namespace lvs = analysis::lvs;

constexpr std::size_t kPathsInReport = 10;

void print_services(const Report& report, const LvsSelection& shown, Output& out) {
  print_service_table(report, shown.services, out);
  for (const lvs::Service* service : shown.services) {
    out.write(fmt::format("\n{} {}\n", protocol_text(service->protocol),
                          socket_text(report, service->vip, service->protocol)));
    const lvs::Overview& overview = report.forwarded->overview();
    if (!service->paths.empty()) draw_road(report, overview, *service, out);
    print_service_facts(report, overview, *service, out);
  }
}

void visit_services(const Report& report, const LvsSelection& shown,
                    const std::function<void(const WriteRecord&)>& visit) {
  for (const lvs::Service* service : shown.services) {
    visit([&](RecordWriter& json) { write_lvs_service(report, *service, json); });
  }
}

void visit_paths(const Report& report, const LvsSelection& shown,
                 const std::function<void(const WriteRecord&)>& visit) {
  for (const lvs::Path* path : shown.paths) {
    visit([&](RecordWriter& json) { write_lvs_path(report, *path, json); });
  }
}

void print_differences(const Report& report, Output& out) {
  if (report.intended == nullptr || report.forwarded == nullptr) return;
  print_lvs_differences(report, compare(*report.intended, report.forwarded->overview()), out);
}

void print_triage(const Report& report, Output& out) {
  bool is_first = true;
  for (const Triage& t : triage(report, *report.triage)) {
    if (!is_first) out.write("\n");
    is_first = false;
    print_lvs_triage(report, t, *report.triage, out);
  }
}

}  // namespace

void print_lvs_text(const Report& report, Output& out) {
  if (report.triage != nullptr && report.forwarded != nullptr) return print_triage(report, out);
  const LvsSelection shown = select_lvs(report);
  if (shown.empty()) {
    out.write(
        "No virtual service: no packet was seen on its way into a director and out of it (to "
        "another MAC address,\nin a tunnel or with other addresses), and no director told another "
        "of its connections.\n");
  } else {
    print_services(report, shown, out);
  }
  if (!shown.paths.empty()) {
    out.write("\nConnection entries\n");
    print_path_table(report, shown.paths, "", out);
  }
  print_differences(report, out);
}

void print_lvs_section(const Report& report, Output& out) {
  const LvsSelection shown = select_lvs(report);
  if (shown.services.empty()) return;
  out.write(fmt::format("\nVirtual services (LVS): {}, with {} paths\n", shown.services.size(),
                        shown.paths.size()));
  print_service_table(report, shown.services, out);
  if (shown.paths.empty()) return;
  const std::span paths{shown.paths};
  out.write("\n");
  print_path_table(report, paths.first(std::min(paths.size(), kPathsInReport)), "  ", out);
  if (paths.size() > kPathsInReport) {
    out.write(fmt::format("  ... and {} more: tapstat lvs\n", paths.size() - kPathsInReport));
  }
}

void for_each_lvs_service_record(const Report& report,
                                 const std::function<void(const WriteRecord&)>& visit) {
  visit_services(report, select_lvs(report), visit);
}

void for_each_lvs_path_record(const Report& report,
                              const std::function<void(const WriteRecord&)>& visit) {
  visit_paths(report, select_lvs(report), visit);
}

void for_each_lvs_record(const Report& report,
                         const std::function<void(const WriteRecord&)>& visit) {
  if (report.forwarded == nullptr) return;
  if (report.triage != nullptr) {
    for (const Triage& t : triage(report, *report.triage)) {
      visit([&](RecordWriter& json) { write_lvs_triage(t, *report.triage, json); });
    }
    return;
  }
  const LvsSelection shown = select_lvs(report);
  visit_services(report, shown, visit);
  visit_paths(report, shown, visit);
  if (report.intended == nullptr) return;
  for (const LvsDifference& d : compare(*report.intended, report.forwarded->overview())) {
    visit([&](RecordWriter& json) { write_lvs_difference(d, json); });
  }
}

}  // namespace tapstat::report
