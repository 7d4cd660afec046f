// What the packets tell of a virtual service beside its table: how that is known, times, failures.
#pragma once

#include "analysis/lvs/overview.h"
#include "report/output.h"
#include "report/report.h"

namespace tapstat::report {

// A line each, of those that there is something to say of.
void print_service_facts(const Report& report, const analysis::lvs::Overview& overview,
                         const analysis::lvs::Service& service, Output& out);

}  // namespace tapstat::report
