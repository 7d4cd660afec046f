#include "report/query/predicate.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace tapstat::report::query {

FieldUse FieldUse::of(const FieldName& name, FieldCollector& collector) {
  FieldUse use;
  use.type = name.is_age ? FieldType::duration : name.field.type;
  use.is_age = name.is_age;
  use.zero_where_absent = name.field.zero_where_absent;
  const auto number_of = [&](std::string_view end) {
    const std::string path =
        end.empty() ? std::string{name.field.path} : fmt::format("{}.{}", end, name.field.path);
    return collector.ask_for(path, name.field.type);
  };
  use.field = name.of_either_end ? std::array{number_of("client"), number_of("server")}
                                 : std::array{number_of(name.end), number_of(name.end)};
  return use;
}

Value FieldUse::age(const Value& since, capture::Timestamp now) {
  const auto* t = std::get_if<capture::Timestamp>(&since);
  return t == nullptr ? Value{std::chrono::nanoseconds{0}} : Value{now - *t};
}

Test::Test() = default;
Test::Test(Test&&) noexcept = default;
Test& Test::operator=(Test&&) noexcept = default;
Test::~Test() = default;

bool Test::holds(const Record& record, End end) const {
  bool present = false;
  const bool any = field.any(record, end, [&](const Value& value) {
    present = true;
    return holds(value, record, end);
  });
  return negated ? present && !any : any;
}

namespace {

[[nodiscard]] bool is_true(const Value& value) {
  if (const auto* b = std::get_if<bool>(&value)) return *b;
  if (const auto* number = std::get_if<double>(&value)) return *number != 0;
  if (const auto* text = std::get_if<std::string_view>(&value)) return !text->empty();
  if (const auto* d = std::get_if<std::chrono::nanoseconds>(&value)) return d->count() != 0;
  return true;
}

[[nodiscard]] bool matches(const Value& value, const re2::RE2& pattern) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return re2::RE2::PartialMatch({text->data(), text->size()}, pattern);
  }
  return re2::RE2::PartialMatch(value_text(value), pattern);
}

}  // namespace

bool Test::holds(const Value& value, const Record& record, End end) const {
  if (relation == Relation::is_true) return is_true(value);
  if (relation == Relation::matches) return query::matches(value, *pattern);
  if (other) {
    return other->any(record, end,
                      [&](const Value& o) { return compares(relation, value, o, o, field.type); });
  }
  return std::any_of(literals.begin(), literals.end(), [&](const Literal& literal) {
    return relation == Relation::equal
               ? literal.contains(value, field.type)
               : compares(relation, value, literal.low, literal.high, field.type);
  });
}

std::size_t Formula::jump(Operation operation) {
  code_.push_back({operation, 0});
  return code_.size() - 1;
}

bool Predicate::holds(const Record& record, End end) const {
  return formula.holds([&](std::size_t i) { return tests[i].holds(record, end); });
}

bool Predicate::holds(const Record& record) const {
  return holds(record, End::client) || (of_either_end && holds(record, End::server));
}

bool Predicate::asks_for_age() const {
  return std::any_of(tests.begin(), tests.end(), [](const Test& test) {
    return test.field.is_age || (test.other && test.other->is_age);
  });
}

void Predicate::count_times_from(capture::Timestamp first_packet) {
  for (Test& test : tests) {
    for (Literal& literal : test.literals) literal.count_times_from(first_packet);
  }
}

}  // namespace tapstat::report::query
