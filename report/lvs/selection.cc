#include "report/lvs/selection.h"

#include "report/forwarded.h"
#include "report/lvs/records.h"
#include "report/query/record_filter.h"

namespace tapstat::report {

namespace lvs = analysis::lvs;

LvsSelection select_lvs(const Report& report) {
  LvsSelection selection;
  if (report.forwarded == nullptr) return selection;
  const lvs::Overview& overview = report.forwarded->overview();
  std::vector<bool> has_paths(overview.services.size());
  for (const lvs::Path& path : overview.paths) {
    if (report.from && path.last < *report.from) continue;
    const auto write = [&](RecordWriter& json) { write_lvs_path(report, path, json); };
    if (!report.keeps(RecordType::lvs_path, write)) continue;
    selection.paths.push_back(&path);
    if (path.service < has_paths.size()) has_paths[path.service] = true;
  }
  const bool is_narrowed =
      report.from || (report.where != nullptr && report.where->type() == RecordType::lvs_path);
  for (std::size_t i = 0; i < overview.services.size(); ++i) {
    if (!is_narrowed || has_paths[i]) selection.services.push_back(&overview.services[i]);
  }
  return selection;
}

}  // namespace tapstat::report
