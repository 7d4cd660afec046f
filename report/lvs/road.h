// The way of a service's connections as a drawing in text: CIP to VIP to RIP, and back.
#pragma once

#include "analysis/lvs/overview.h"
#include "report/output.h"
#include "report/report.h"

namespace tapstat::report {

// No wider than Report::width; with box characters, or plain ones where Report::ascii says so.
void draw_road(const Report& report, const analysis::lvs::Overview& overview,
               const analysis::lvs::Service& service, Output& out);

}  // namespace tapstat::report
