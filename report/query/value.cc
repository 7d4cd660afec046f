#include "report/query/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/address_text.h"
#include "report/time_text.h"

namespace tapstat::report::query {

std::string_view description(FieldType type) {
  switch (type) {
    case FieldType::number:
      return "a number";
    case FieldType::boolean:
      return "true or false";
    case FieldType::text:
      return "text";
    case FieldType::name:
      return "a name";
    case FieldType::address:
      return "an IP address";
    case FieldType::mac:
      return "a MAC address";
    case FieldType::time:
      return "a time";
    case FieldType::duration:
      return "a duration";
  }
  return "";
}

bool has_order(FieldType type) {
  return type == FieldType::number || type == FieldType::time || type == FieldType::duration ||
         type == FieldType::address;
}

bool has_text(FieldType type) {
  return type == FieldType::text || type == FieldType::name || type == FieldType::address ||
         type == FieldType::mac;
}

bool less(const Value& a, const Value& b) {
  return std::visit(
      [&b](const auto& value) {
        const auto* other = std::get_if<std::decay_t<decltype(value)>>(&b);
        return other != nullptr && value < *other;
      },
      a);
}

bool equal(const Value& a, const Value& b, FieldType type) {
  if (type != FieldType::name) return a == b;
  const auto* x = std::get_if<std::string_view>(&a);
  const auto* y = std::get_if<std::string_view>(&b);
  return x != nullptr && y != nullptr && same_name(*x, *y);
}

bool same_name(std::string_view a, std::string_view b) {
  const auto folded = [](char c) {
    if (c == '-') return '_';
    return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return folded(x) == folded(y); });
}

namespace {

[[nodiscard]] std::string number_text(double d) {
  constexpr double kExact = 9007199254740992;  // 2^53
  if (d == std::floor(d) && std::abs(d) < kExact) return fmt::format("{:.0f}", d);
  return fmt::format("{:.6g}", d);
}

// Every digit there is: what was compared must not read like what it was compared with.
[[nodiscard]] std::string seconds_text(std::chrono::nanoseconds d) {
  fmt::memory_buffer buffer;
  append_seconds(buffer, d, 9);
  std::string text = fmt::to_string(buffer);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

struct Printer {
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(double d) const { return number_text(d); }
  std::string operator()(std::string_view text) const { return std::string{text}; }
  std::string operator()(const analysis::IpAddress& a) const { return address_text(a); }
  std::string operator()(const MacAddress& mac) const { return mac_text(mac); }
  std::string operator()(capture::Timestamp t) const { return seconds_text(t.time_since_epoch()); }
  std::string operator()(std::chrono::nanoseconds d) const { return seconds_text(d) + "s"; }
};

}  // namespace

std::string value_text(const Value& value) { return std::visit(Printer{}, value); }

}  // namespace tapstat::report::query
