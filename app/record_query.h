// --where and --expect: which records are shown, and what they must fulfil.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "report/query/expectation.h"
#include "report/query/record_filter.h"
#include "report/report.h"

namespace tapstat::app {

class RecordQuery {
 public:
  // What is wrong is told with its place, in several lines.
  [[nodiscard]] static tl::expected<RecordQuery, std::string> parse(
      report::View view, const std::optional<std::string>& where,
      const std::vector<std::string>& expected);

  // Neither was given: no record is looked at.
  [[nodiscard]] bool is_empty() const { return !filter_ && expectations_.empty(); }

  // Makes `report` leave out what --where refuses. Borrowed; call it once, before anything of the
  // report is looked at.
  void apply_to(report::Report& report);

  // Looks at the view's records, and complains of each expectation that they do not fulfil. Whether
  // they fulfil all.
  [[nodiscard]] bool check(const report::Report& report, report::View view);

 private:
  std::unique_ptr<report::query::RecordFilter> filter_;
  std::vector<std::unique_ptr<report::query::Expectation>> expectations_;
};

}  // namespace tapstat::app
