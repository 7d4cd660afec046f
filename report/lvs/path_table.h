// Paths as `ipvsadm -Lnc` prints connection entries, with what it does not know.
#pragma once

#include <span>
#include <string_view>

#include "analysis/lvs/overview.h"
#include "report/output.h"
#include "report/report.h"

namespace tapstat::report {

void print_path_table(const Report& report, std::span<const analysis::lvs::Path* const> paths,
                      std::string_view indent, Output& out);

}  // namespace tapstat::report
