// --expect: what all records of a view together must fulfil.
//
//   expectation = formula of tests: aggregate relation aggregate, or one of both a literal
//   aggregate   = "count" "(" [ formula ] ")"
//               | ("sum" | "max" | "min" | "avg") "(" field [ "," formula ] ")"
//
// where the formulas in parentheses are those of --where.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/query/error.h"
#include "report/query/record_filter.h"

namespace tapstat::report::query {

// A number made of all records.
struct Aggregate {
  enum class Function : std::uint8_t { count, sum, max, min, avg };

  Function function = Function::count;
  std::string text{};  // as it was written
  FieldType type = FieldType::number;
  FieldUse field{};
  bool of_either_end = false;  // `field` is named without its end: that of each end is taken
  Predicate where{};

  void take(const Record& record);
  // nullopt: nothing was found that has a maximum, minimum or average.
  [[nodiscard]] std::optional<Value> result() const;

 private:
  void take_values(const Record& record, End end);

  std::uint64_t count_ = 0;  // of records for count, else of values
  double sum_ = 0;           // of durations in nanoseconds
  std::optional<Value> least_{}, most_{};
};

class Expectation {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Expectation>> parse(std::string_view expression,
                                                                  RecordType type);

  // Before the first record.
  void start(const Clock& clock);
  void take(const WriteRecord& write);

  // Once there are no more: what it is instead of what was expected; nullopt where that holds.
  [[nodiscard]] std::optional<std::string> failure() const;

 private:
  friend class ExpectationParser;

  // What stands at one side of a relation.
  struct Operand {
    std::optional<std::size_t> aggregate{};
    std::optional<Literal> literal{};
  };
  struct Comparison {
    Relation relation = Relation::equal;
    bool negated = false;
    Operand left{}, right{};
  };

  Expectation(std::string_view expression, RecordType type) : text_(expression), type_(type) {}
  [[nodiscard]] bool holds(const Comparison& comparison) const;
  [[nodiscard]] std::optional<Value> value(const Operand& operand) const;

  std::string text_;
  RecordType type_;
  FieldCollector fields_{};
  Formula formula_{};
  std::vector<Comparison> comparisons_{};
  std::vector<Aggregate> aggregates_{};
  capture::Timestamp now_{};
};

}  // namespace tapstat::report::query
