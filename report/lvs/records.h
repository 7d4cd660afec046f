// The records of View::lvs: services and paths.
#pragma once

#include "analysis/lvs/overview.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

void write_lvs_service(const Report& report, const analysis::lvs::Service& service,
                       RecordWriter& json);
void write_lvs_path(const Report& report, const analysis::lvs::Path& path, RecordWriter& json);

}  // namespace tapstat::report
