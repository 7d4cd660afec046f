// The records of a view, one after the other.
#pragma once

#include <functional>

#include "report/report.h"

namespace tapstat::report {

// What --where and --expect are about: of View::report its connections, of View::lvs its paths.
[[nodiscard]] RecordType record_type(View view);

// Calls `visit` with what writes each record of the view that Report::where leaves, in the order of
// the view; the capture's is none of them.
void for_each_record(const Report& report, View view,
                     const std::function<void(const WriteRecord&)>& visit);

// The same of those that --where and --expect are about.
void for_each_queried_record(const Report& report, View view,
                             const std::function<void(const WriteRecord&)>& visit);

}  // namespace tapstat::report
