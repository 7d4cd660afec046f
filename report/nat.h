// The nat view: the translation tables of boxes that rewrite addresses and are no virtual servers.
#pragma once

#include <functional>

#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

void print_nat_text(const Report& report, Output& out);
// How many there are and the first of them, as a part of the report; nothing where there are none.
void print_nat_section(const Report& report, Output& out);

void for_each_nat_record(const Report& report,
                         const std::function<void(const WriteRecord&)>& visit);

}  // namespace tapstat::report
