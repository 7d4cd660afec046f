// --where: which records of a view are kept.
#pragma once

#include <memory>
#include <string_view>

#include "report/query/error.h"
#include "report/query/predicate.h"

namespace tapstat::report::query {

// The instants that an expression is told relative to.
struct Clock {
  capture::Timestamp first_packet{};
  capture::Timestamp now{};  // what is shown is as it stood then
};

// Of a report that has been read.
[[nodiscard]] Clock clock_of(const Report& report);

class RecordFilter {
 public:
  // Of an expression over records of that type.
  [[nodiscard]] static Result<std::unique_ptr<RecordFilter>> parse(std::string_view expression,
                                                                   RecordType type);

  [[nodiscard]] RecordType type() const { return type_; }

  // Whether it depends on Clock::now.
  [[nodiscard]] bool asks_for_age() const { return predicate_.asks_for_age(); }

  // Before the first record.
  void start(const Clock& clock);

  [[nodiscard]] bool keeps(const WriteRecord& write);

 private:
  explicit RecordFilter(RecordType type) : type_(type) {}

  RecordType type_;
  FieldCollector fields_;
  Predicate predicate_;
  capture::Timestamp now_{};
};

}  // namespace tapstat::report::query
