#include "report/query/expectation.h"

#include <fmt/format.h>

#include <cmath>

#include "report/printable.h"
#include "report/query/expectation_parser.h"

namespace tapstat::report::query {

using std::chrono::nanoseconds;

void Aggregate::take(const Record& record) {
  if (function == Function::count) {
    if (where.holds(record)) ++count_;
  } else if (of_either_end) {
    for (const End end : {End::client, End::server}) {
      if (where.holds(record, end)) take_values(record, end);
    }
  } else if (where.holds(record)) {
    take_values(record, End::client);
  }
}

void Aggregate::take_values(const Record& record, End end) {
  const auto take_one = [this](const Value& value) {
    ++count_;
    if (const auto* number = std::get_if<double>(&value)) sum_ += *number;
    if (const auto* d = std::get_if<nanoseconds>(&value)) sum_ += static_cast<double>(d->count());
    if (!least_ || less(value, *least_)) least_ = value;
    if (!most_ || less(*most_, value)) most_ = value;
    return false;
  };
  (void)field.any(record, end, take_one);
}

std::optional<Value> Aggregate::result() const {
  const auto of_type = [this](double d) {
    if (type != FieldType::duration) return Value{d};
    constexpr double kMost = 9.2e18;  // of nanoseconds; sums of hostile clocks may be more
    return Value{nanoseconds{std::llround(std::clamp(d, -kMost, kMost))}};
  };
  switch (function) {
    case Function::count:
      return static_cast<double>(count_);
    case Function::sum:
      return of_type(sum_);
    case Function::max:
      return most_;
    case Function::min:
      return least_;
    case Function::avg:
      break;
  }
  if (count_ == 0) return std::nullopt;
  return of_type(sum_ / static_cast<double>(count_));
}

Result<std::unique_ptr<Expectation>> Expectation::parse(std::string_view expression,
                                                        RecordType type) {
  std::unique_ptr<Expectation> expectation{new Expectation(expression, type)};
  Tokens tokens(expression);
  if (!ExpectationParser(tokens, *expectation).parse()) return tl::unexpected{*tokens.error()};
  return expectation;
}

void Expectation::start(const Clock& clock) {
  now_ = clock.now;
  for (Aggregate& aggregate : aggregates_) aggregate.where.count_times_from(clock.first_packet);
  for (Comparison& comparison : comparisons_) {
    for (Operand* operand : {&comparison.left, &comparison.right}) {
      if (operand->literal) operand->literal->count_times_from(clock.first_packet);
    }
  }
}

void Expectation::take(const WriteRecord& write) {
  fields_.clear();
  write(fields_);
  for (Aggregate& aggregate : aggregates_) aggregate.take({fields_, now_});
}

std::optional<Value> Expectation::value(const Operand& operand) const {
  return operand.aggregate ? aggregates_[*operand.aggregate].result() : operand.literal->low;
}

// Of nothing there is nothing to say: a comparison with the maximum of no values does not hold.
bool Expectation::holds(const Comparison& comparison) const {
  const auto left = value(comparison.left);
  const auto right = value(comparison.right);
  if (!left || !right) return false;
  return compares(comparison.relation, *left, *right, *right, FieldType::number) !=
         comparison.negated;
}

std::optional<std::string> Expectation::failure() const {
  if (formula_.holds([this](std::size_t i) { return holds(comparisons_[i]); })) {
    return std::nullopt;
  }
  std::string seen;
  for (const Aggregate& aggregate : aggregates_) {
    const auto result = aggregate.result();
    seen += fmt::format("{}{} is {}", seen.empty() ? "" : ", ",
                        aggregates_.size() == 1 ? "it" : printable(aggregate.text),
                        result ? value_text(*result) : "unknown: nothing has it");
  }
  return fmt::format("{}: {}", printable(text_), seen);
}

}  // namespace tapstat::report::query
