#include "app/record_query.h"

#include <fmt/format.h>

#include "app/messages.h"
#include "report/view_records.h"

namespace tapstat::app {

namespace query = report::query;
using report::RecordType;

namespace {

[[nodiscard]] tl::unexpected<std::string> wrong(std::string_view option, const query::Error& error,
                                                std::string_view expression) {
  return tl::unexpected{fmt::format("{}: {}", option, query::error_text(error, expression))};
}

// What the view has no records of may still say which connections it is about.
[[nodiscard]] query::Result<std::unique_ptr<query::RecordFilter>> parse_where(
    report::View view, const std::string& expression) {
  auto filter = query::RecordFilter::parse(expression, record_type(view));
  if (filter || view != report::View::states) return filter;
  auto of_connections = query::RecordFilter::parse(expression, RecordType::tcp);
  return of_connections ? std::move(of_connections) : std::move(filter);
}

}  // namespace

tl::expected<RecordQuery, std::string> RecordQuery::parse(
    report::View view, const std::optional<std::string>& where,
    const std::vector<std::string>& expected) {
  RecordQuery parsed;
  if (where) {
    auto filter = parse_where(view, *where);
    if (!filter) return wrong("--where", filter.error(), *where);
    parsed.filter_ = std::move(*filter);
  }
  for (const std::string& expression : expected) {
    auto expectation = query::Expectation::parse(expression, record_type(view));
    if (!expectation) return wrong("--expect", expectation.error(), expression);
    parsed.expectations_.push_back(std::move(*expectation));
  }
  return parsed;
}

void RecordQuery::apply_to(report::Report& report, std::optional<capture::Timestamp> now) {
  query::Clock clock = query::clock_of(report);
  clock.now = now.value_or(clock.now);
  if (filter_) filter_->start(clock);
  for (const auto& expectation : expectations_) expectation->start(clock);
  report.where = filter_.get();
}

void RecordQuery::take(const report::Report& report, report::View view) {
  if (expectations_.empty()) return;
  for_each_queried_record(report, view,
                          [this](const report::WriteRecord& record) { take(record); });
}

void RecordQuery::take(const report::WriteRecord& record) {
  for (const auto& expectation : expectations_) expectation->take(record);
}

bool RecordQuery::check() const {
  bool all_hold = true;
  for (const auto& expectation : expectations_) {
    const auto failure = expectation->failure();
    if (!failure) continue;
    complain("--expect failed: " + *failure);
    all_hold = false;
  }
  return all_hold;
}

}  // namespace tapstat::app
