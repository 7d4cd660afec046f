// The dashboard's views that are pages: what the reports print, to be scrolled through.
#pragma once

#include "report/report.h"
#include "tui/picture.h"

namespace tapstat::app {

// Whether it is one of these.
[[nodiscard]] bool is_page(tui::View view);

// Of that view but View::talkers, which is made of what a census saw; for so many columns. Costs as
// much as the report does.
[[nodiscard]] tui::Page page_of(report::Report report, tui::View view, int columns);

}  // namespace tapstat::app
