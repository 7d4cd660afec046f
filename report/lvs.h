// The lvs view: virtual services, real servers and the path of every client.
#pragma once

#include <functional>

#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

void print_lvs_text(const Report& report, Output& out);

void for_each_lvs_record(const Report& report, const std::function<void(const WriteRecord&)>& visit);

}  // namespace tapstat::report
