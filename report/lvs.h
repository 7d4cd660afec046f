// The lvs view: virtual services, real servers and the path of every client.
#pragma once

#include <functional>

#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// Services and paths; with Report::triage what became of one client.
void print_lvs_text(const Report& report, Output& out);
// The services and the first paths, as a part of the report; nothing where there are none.
void print_lvs_section(const Report& report, Output& out);

// Report::where is about the paths: of the services it leaves those that a path is left of.
void for_each_lvs_service_record(const Report& report,
                                 const std::function<void(const WriteRecord&)>& visit);
void for_each_lvs_path_record(const Report& report,
                              const std::function<void(const WriteRecord&)>& visit);
// Both, and what differs from Report::intended; with Report::triage what became of one client.
void for_each_lvs_record(const Report& report,
                         const std::function<void(const WriteRecord&)>& visit);

}  // namespace tapstat::report
