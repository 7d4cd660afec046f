// Values as they are written in an expression.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "report/query/fields.h"
#include "report/query/value.h"
#include "report/time_argument.h"

namespace tapstat::report::query {

// What a field is compared with: one value, or all from one to another. A network is all addresses
// of it.
struct Literal {
  Value low, high;
  // Times may count from the first packet, which is known only when the input is read.
  std::optional<TimeArgument> low_time{}, high_time{};

  [[nodiscard]] bool is_single() const { return low == high; }
  // Whether `value`, of a field of that type, is one of them.
  [[nodiscard]] bool contains(const Value& value, FieldType type) const;
  void count_times_from(capture::Timestamp first_packet);
};

// A value of the field's type: 80, 0x1f, 10k, 1.5MiB; 200ms, 1h30m, 0.2 (seconds); 10.0.0.1,
// ::ffff:10.0.0.1, 10.0.0.0/8; 02:00:00:00:00:01; +12.5 (times as --at takes them); CLOSE_WAIT;
// true. Otherwise, what is wrong with it. Texts are borrowed: `text` must stay where it is.
[[nodiscard]] tl::expected<Literal, std::string> parse_literal(const Field& field,
                                                               std::string_view text);

// An address in any spelling; IPv4 ones with four parts.
[[nodiscard]] std::optional<analysis::IpAddress> parse_address(const std::string& text);
[[nodiscard]] std::optional<MacAddress> parse_mac(std::string_view text);

// From the literal `low` to the literal `high`.
[[nodiscard]] tl::expected<Literal, std::string> join(const Literal& low, const Literal& high,
                                                      FieldType type);

}  // namespace tapstat::report::query
