// The TCP connections as text: a row each, the legs of each below it.
#pragma once

#include <vector>

#include "report/legs.h"
#include "report/output.h"
#include "report/report.h"
#include "report/table.h"

namespace tapstat::report {

void print_tcp_text(const Report& report, Output& out);

// What that is made of: the table without rows, and the row of a connection. `leg` is what that is
// of another one; nullptr: nothing.
[[nodiscard]] Table tcp_table(const Report& report);
[[nodiscard]] std::vector<Cell> tcp_row(const Report& report, const analysis::tcp::Connection& c,
                                        const Legs::Member* leg);

}  // namespace tapstat::report
