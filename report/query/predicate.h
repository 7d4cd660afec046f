// What an expression asks of a record, ready to be asked of millions.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/query/collector.h"
#include "report/query/fields.h"
#include "report/query/literal.h"
#include "report/query/relation.h"

namespace re2 {
class RE2;
}

namespace tapstat::report::query {

// Which end the names mean that are given without one.
enum class End : std::uint8_t { client, server };

// A record whose fields were collected, and the instant that its ages are counted up to.
struct Record {
  const FieldCollector& fields;
  capture::Timestamp now;
};

// A field that an expression uses, where a collector has its values.
struct FieldUse {
  FieldType type = FieldType::number;  // of an age: duration
  std::array<std::uint16_t, 2>
      field{};  // by End; the same where the end is named, or there is none
  bool is_age = false;
  bool zero_where_absent = false;

  [[nodiscard]] static FieldUse of(const FieldName& name, FieldCollector& collector);

  // Calls `f(value)` for each value until one answers true; whether one did.
  template <typename F>
  bool any(const Record& record, End end, F&& f) const {
    const auto values = record.fields.values(field[static_cast<std::size_t>(end)]);
    if (values.empty()) return zero_where_absent && f(Value{0.0});
    for (const Value& value : values) {
      if (f(is_age ? age(value, record.now) : value)) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] static Value age(const Value& since, capture::Timestamp now);
};

// One comparison.
struct Test {
  Test();
  Test(const Test&) = delete;
  Test& operator=(const Test&) = delete;
  Test(Test&&) noexcept;
  Test& operator=(Test&&) noexcept;
  ~Test();

  FieldUse field;
  Relation relation = Relation::is_true;
  // Of "!=", "!~" and "not in": it holds where the field is present and no value of it does what
  // `relation` says. As in Wireshark's display filters since version 4, `vlan != 10` is so the
  // opposite of `vlan == 10` wherever there is a VLAN.
  bool negated = false;
  std::vector<Literal> literals;
  std::optional<FieldUse> other;
  std::unique_ptr<re2::RE2> pattern;

  [[nodiscard]] bool holds(const Record& record, End end) const;

 private:
  [[nodiscard]] bool holds(const Value& value, const Record& record, End end) const;
};

// Comparisons joined by and, or and not. With what comes first deciding, no value but one has to be
// remembered: a jump leaves out what cannot change it.
class Formula {
 public:
  enum class Operation : std::uint8_t { test, negate, jump_if_false, jump_if_true };

  // Code for the next test, by its number; for `not` of what was last; jumps, whose aim is set
  // afterwards, to what comes next.
  void test(std::size_t number) { code_.push_back({Operation::test, number}); }
  void negate() { code_.push_back({Operation::negate, 0}); }
  [[nodiscard]] std::size_t jump(Operation operation);
  void aim_here(std::size_t jump) { code_[jump].argument = code_.size(); }

  // `test(number)` answers for one comparison. True without any code.
  template <typename F>
  [[nodiscard]] bool holds(F&& test) const {
    bool result = true;
    for (std::size_t at = 0; at < code_.size(); ++at) {
      const auto& [operation, argument] = code_[at];
      if (operation == Operation::test) result = test(argument);
      if (operation == Operation::negate) result = !result;
      const bool jumps = operation == Operation::jump_if_false  ? !result
                         : operation == Operation::jump_if_true ? result
                                                                : false;
      if (jumps) at = argument - 1;
    }
    return result;
  }

 private:
  struct Instruction {
    Operation operation;
    std::size_t argument;
  };
  std::vector<Instruction> code_;
};

// An expression over the fields of a record.
struct Predicate {
  Formula formula;
  std::vector<Test> tests;
  std::list<std::string> texts;  // that the tests' literals are borrowed from
  bool of_either_end = false;    // a field is named without its end

  [[nodiscard]] bool holds(const Record& record, End end) const;
  // With all bare names taken from the client, or all from the server.
  [[nodiscard]] bool holds(const Record& record) const;
  void count_times_from(capture::Timestamp first_packet);
  [[nodiscard]] bool asks_for_age() const;
};

}  // namespace tapstat::report::query
