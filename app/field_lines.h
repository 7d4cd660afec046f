// A record for people to read: a line each field.
#pragma once

#include "report/record_writer.h"
#include "report/time_text.h"
#include "tui/page.h"

namespace tapstat::app {

// "client.state     ESTABLISHED": members of members have dots in their names.
[[nodiscard]] tui::Page field_lines(const report::WriteRecord& write, report::Zone zone);

}  // namespace tapstat::app
