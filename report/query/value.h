// Values of record fields, as expressions compare them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "analysis/ip_address.h"
#include "capture/frame.h"
#include "report/record_writer.h"

namespace tapstat::report::query {

enum class FieldType : std::uint8_t {
  number,
  boolean,
  text,
  name,  // text out of a closed list, compared without regard to case
  address,
  mac,
  time,
  duration,
};

// "a number", "an address".
[[nodiscard]] std::string_view description(FieldType type);

[[nodiscard]] bool has_order(FieldType type);
[[nodiscard]] bool has_text(FieldType type);  // can be matched by a regular expression

// The alternative for each FieldType; text is borrowed. Numbers are doubles: counters of records
// stay far below 2^53, up to which each whole number has one of its own.
using Value = std::variant<bool, double, std::string_view, analysis::IpAddress, MacAddress,
                           capture::Timestamp, std::chrono::nanoseconds>;

// Order of values of the same alternative; those of different ones are not ordered.
[[nodiscard]] bool less(const Value& a, const Value& b);
[[nodiscard]] bool equal(const Value& a, const Value& b, FieldType type);

// Names and regular expressions know no difference between "TIME-WAIT" and "time_wait".
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

// As a person reads it, and could write it in an expression.
[[nodiscard]] std::string value_text(const Value& value);

}  // namespace tapstat::report::query
