#include "report/query/record_filter.h"

#include <algorithm>

#include "report/query/predicate_parser.h"

namespace tapstat::report::query {

Clock clock_of(const Report& report) {
  Clock clock{capture::Timestamp::max(), {}};
  for (const capture::InputInfo* input : report.inputs) {
    if (input->first) clock.first_packet = std::min(clock.first_packet, *input->first);
  }
  if (clock.first_packet == capture::Timestamp::max()) clock.first_packet = {};
  clock.now = report.at.value_or(report.model.totals.last.value_or(clock.first_packet));
  return clock;
}

Result<std::unique_ptr<RecordFilter>> RecordFilter::parse(std::string_view expression,
                                                          RecordType type) {
  std::unique_ptr<RecordFilter> filter{new RecordFilter(type)};
  Tokens tokens(expression);
  auto predicate = PredicateParser(tokens, type, filter->fields_).parse();
  if (predicate && tokens.current().kind != TokenKind::end) {
    tokens.fail_here("no expression goes on like this; and, or, or an end is missing");
  }
  if (tokens.error()) return tl::unexpected{*tokens.error()};
  filter->predicate_ = std::move(*predicate);
  return filter;
}

void RecordFilter::start(const Clock& clock) {
  now_ = clock.now;
  predicate_.count_times_from(clock.first_packet);
}

bool RecordFilter::keeps(const WriteRecord& write) {
  fields_.clear();
  write(fields_);
  return predicate_.holds({fields_, now_});
}

}  // namespace tapstat::report::query
