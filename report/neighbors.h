// The view arp. Which host has which address: ARP, RARP and IPv6 neighbour discovery.
#pragma once

#include <functional>

#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// Calls `visit` with what writes each record that Report::where leaves, in the order of the view.
void for_each_neighbor_record(const Report& report,
                              const std::function<void(const WriteRecord&)>& visit);
void print_neighbors_text(const Report& report, Output& out);
// The same under a heading, as a part of the report; nothing where there is nothing.
void print_neighbors_section(const Report& report, Output& out);

}  // namespace tapstat::report
