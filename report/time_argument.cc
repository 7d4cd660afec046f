#include "report/time_argument.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string>

namespace tapstat::report {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

// Takes digits off the front of `text`; nullopt where there is none or the number is too large.
[[nodiscard]] std::optional<std::int64_t> take_number(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

[[nodiscard]] bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// ".123" as nanoseconds; digits past the ninth are ignored.
[[nodiscard]] std::optional<nanoseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return nanoseconds{0};
  std::int64_t value = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    if (digits++ < 9) value = value * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 9; ++digits) value *= 10;
  return nanoseconds{value};
}

constexpr std::int64_t kMostSeconds = 4'500'000'000;  // up to capture::kLatest, also past a packet

[[nodiscard]] std::optional<nanoseconds> parse_seconds(std::string_view text) {
  const auto whole = take_number(text);
  const auto fraction = take_fraction(text);
  if (!whole || !fraction || !text.empty() || *whole > kMostSeconds) return std::nullopt;
  return seconds{*whole} + *fraction;
}

// "Z", "+01:00", "-0530", or nothing, which is nullopt: local time. False where it is none of
// these.
[[nodiscard]] bool parse_zone(std::string_view text, std::optional<seconds>& offset) {
  if (text.empty()) return true;
  offset = seconds{0};
  if (text == "Z") return true;
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return false;
  std::string digits{text.substr(1)};
  if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
  std::string_view rest = digits;
  const auto hhmm = take_number(rest);
  if (digits.size() != 4 || !hhmm || !rest.empty()) return false;
  offset = seconds{(*hhmm / 100 * 60 + *hhmm % 100) * 60} * (west ? -1 : 1);
  return true;
}

[[nodiscard]] std::optional<nanoseconds> parse_date(std::string_view text) {
  std::tm tm{};
  const auto number = [&text](int& into, int bias, char behind) {
    const auto value = take_number(text);
    if (!value || *value > 9999) return false;
    into = static_cast<int>(*value) - bias;
    return behind == '\0' || take(text, behind);
  };
  if (!number(tm.tm_year, 1900, '-') || !number(tm.tm_mon, 1, '-') ||
      !number(tm.tm_mday, 0, '\0')) {
    return std::nullopt;
  }
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  if (!number(tm.tm_hour, 0, ':') || !number(tm.tm_min, 0, ':') || !number(tm.tm_sec, 0, '\0')) {
    return std::nullopt;
  }
  const auto fraction = take_fraction(text);
  std::optional<seconds> offset;
  if (!fraction || !parse_zone(text, offset)) return std::nullopt;
  const std::tm asked = tm;
  tm.tm_isdst = -1;
  const std::time_t t = offset ? timegm(&tm) : std::mktime(&tm);
  // Both normalise what is no date (a 31st of June); it must not pass for another.
  if (tm.tm_mon != asked.tm_mon || tm.tm_mday != asked.tm_mday || tm.tm_min != asked.tm_min) {
    return std::nullopt;
  }
  // Years that no packet is of do not fit into nanoseconds.
  constexpr std::int64_t kLeastSeconds = -2'200'000'000;
  if (t < kLeastSeconds || t > kMostSeconds) return std::nullopt;
  return seconds{t} - offset.value_or(seconds{0}) + *fraction;
}

}  // namespace

std::optional<TimeArgument> TimeArgument::parse(std::string_view text) {
  const bool relative = take(text, '+');
  auto value = parse_seconds(text);
  if (!value && !relative) value = parse_date(text);
  if (!value) return std::nullopt;
  return TimeArgument{relative, *value};
}

namespace {

// A unit off the front of `text`, as `scale / parts` seconds; nothing at its end: seconds.
struct Unit {
  std::string_view name;
  std::int64_t scale, parts;
};
constexpr std::array kUnits = {
    Unit{"s", 1, 1},  Unit{"ms", 1, 1000}, Unit{"us", 1, 1'000'000},
    Unit{"m", 60, 1}, Unit{"h", 3600, 1},  Unit{"ns", 1, 1'000'000'000},
};

[[nodiscard]] std::optional<Unit> take_unit(std::string_view& text) {
  const auto is_digit = [](char c) { return '0' <= c && c <= '9'; };
  const auto end = std::find_if(text.begin(), text.end(), is_digit);
  const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  const auto unit =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == name; });
  if (unit == kUnits.end()) return std::nullopt;
  text.remove_prefix(name.size());
  return *unit;
}

}  // namespace

std::optional<nanoseconds> parse_duration(std::string_view text) {
  nanoseconds sum{0};
  bool first = true;
  do {
    const auto whole = take_number(text);
    const auto fraction = take_fraction(text);
    if (!whole || !fraction) return std::nullopt;
    const auto unit = first && text.empty() ? std::optional{kUnits.front()} : take_unit(text);
    const bool fits = unit && *whole <= kMostSeconds / unit->scale && sum <= seconds{kMostSeconds};
    if (!fits) return std::nullopt;
    sum += (nanoseconds{seconds{*whole}} + *fraction) * unit->scale / unit->parts;
    first = false;
  } while (!text.empty());
  return sum;
}

}  // namespace tapstat::report
