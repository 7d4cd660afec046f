// Virtual services and their real servers as `ipvsadm -Ln` prints them, with what it does not know.
#pragma once

#include <span>

#include "analysis/lvs/overview.h"
#include "report/output.h"
#include "report/report.h"

namespace tapstat::report {

void print_service_table(const Report& report,
                         std::span<const analysis::lvs::Service* const> services, Output& out);

}  // namespace tapstat::report
