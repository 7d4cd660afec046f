// A view's text as a page of the dashboard: its tables stay tables, which fit themselves to the
// screen.
#pragma once

#include <string>
#include <string_view>

#include "report/output.h"
#include "report/table.h"
#include "tui/page.h"

namespace tapstat::app {

class PageOutput final : public report::Output {
 public:
  // Sentences that are wider than that go on below.
  explicit PageOutput(std::size_t width) : width_(width) {}

  void write(std::string_view text) override;
  void write_table(const report::Table& table, bool color, std::string_view indent) override;

  // What was written so far.
  [[nodiscard]] tui::Page take();

 private:
  void end_line();

  std::size_t width_;
  tui::Page page_;
  std::string line_;  // that has not ended
};

[[nodiscard]] tui::Look look_of(report::Role role);

}  // namespace tapstat::app
