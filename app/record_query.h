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
  [[nodiscard]] bool expects_nothing() const { return expectations_.empty(); }

  // Whether what --where leaves out depends on the instant that is shown.
  [[nodiscard]] bool asks_for_age() const { return filter_ && filter_->asks_for_age(); }

  // Makes `report`, of what stands at `now`, leave out what --where refuses. Borrowed; call it
  // before anything of the report is looked at. nullopt: the end of what was read.
  void apply_to(report::Report& report, std::optional<capture::Timestamp> now = std::nullopt);

  // Looks at records for --expect: all of the view's that the report has, or one.
  void take(const report::Report& report, report::View view);
  void take(const report::WriteRecord& record);
  // Complains of each expectation that what was taken does not fulfil. Whether it fulfils all.
  [[nodiscard]] bool check() const;

 private:
  std::unique_ptr<report::query::RecordFilter> filter_;
  std::vector<std::unique_ptr<report::query::Expectation>> expectations_;
};

}  // namespace tapstat::app
