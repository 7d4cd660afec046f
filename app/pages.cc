#include "app/pages.h"

#include "app/page_output.h"
#include "report/forwarded.h"

namespace tapstat::app {
namespace {

using report::View;

void print(const report::Report& report, View view, PageOutput& out) {
  report::print(report, view, report::Format::text, out);
}

// What boxes between the ends make of the connections is part of these.
void print_forwarded(report::Report report, View view, PageOutput& out) {
  if (report.model.legs == nullptr) return print(report, view, out);
  const auto last = report.model.totals.last.value_or(capture::Timestamp{});
  const report::Forwarded forwarded(report.model, last);
  report.forwarded = &forwarded;
  print(report, view, out);
}

}  // namespace

bool is_page(tui::View view) {
  switch (view) {
    case tui::View::neighbors:
    case tui::View::trees:
    case tui::View::lvs:
    case tui::View::findings:
    case tui::View::talkers:
      return true;
    default:
      return false;
  }
}

tui::Page page_of(report::Report report, tui::View view, int columns) {
  report.width = static_cast<std::size_t>(columns);
  report.color = true;
  PageOutput out(report.width);
  switch (view) {
    case tui::View::neighbors:
      print(report, View::arp, out);
      out.write("\n");
      print(report, View::mac, out);
      break;
    case tui::View::trees:
      print(report, View::stp, out);
      break;
    case tui::View::lvs:
      print_forwarded(report, View::lvs, out);
      break;
    case tui::View::findings:
      print_forwarded(report, View::findings, out);
      break;
    default:
      break;
  }
  return out.take();
}

}  // namespace tapstat::app
