#include "app/time_argument.h"

#include <charconv>
#include <ctime>
#include <string>

namespace tapstat::app {
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

std::optional<nanoseconds> parse_duration(std::string_view text) {
  const auto whole = take_number(text);
  const auto fraction = take_fraction(text);
  if (!whole || !fraction) return std::nullopt;
  std::int64_t scale = 1, parts = 1;  // of a second
  if (text == "us") {
    parts = 1'000'000;
  } else if (text == "ms") {
    parts = 1000;
  } else if (text == "m") {
    scale = 60;
  } else if (text == "h") {
    scale = 3600;
  } else if (text != "s" && !text.empty()) {
    return std::nullopt;
  }
  if (*whole > kMostSeconds / scale) return std::nullopt;
  return (nanoseconds{seconds{*whole}} + *fraction) * scale / parts;
}

}  // namespace tapstat::app
