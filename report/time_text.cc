#include "report/time_text.h"

#include <array>
#include <cstdint>
#include <ctime>

namespace tapstat::report {
namespace {

struct Parts {
  std::int64_t seconds;  // rounded down
  std::uint32_t nanos;   // 0 to 999,999,999
};

[[nodiscard]] Parts split(std::chrono::nanoseconds d) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(d);
  return {seconds.count(), static_cast<std::uint32_t>((d - seconds).count())};
}

[[nodiscard]] std::tm broken_down(capture::Timestamp t, Zone zone) {
  const std::time_t seconds = split(t.time_since_epoch()).seconds;
  std::tm tm{};
  if (zone == Zone::utc) {
    gmtime_r(&seconds, &tm);
  } else {
    localtime_r(&seconds, &tm);
  }
  return tm;
}

[[nodiscard]] std::string formatted(capture::Timestamp t, Zone zone, const char* format) {
  const std::tm tm = broken_down(t, zone);
  std::array<char, 64> text{};
  const std::size_t n = std::strftime(text.data(), text.size(), format, &tm);
  return fmt::format("{}.{:06}", std::string_view{text.data(), n},
                     split(t.time_since_epoch()).nanos / 1000);
}

}  // namespace

void append_seconds(fmt::memory_buffer& out, std::chrono::nanoseconds d, int decimals) {
  if (d.count() < 0) out.push_back('-');
  const std::uint64_t count = d.count() < 0 ? 0 - static_cast<std::uint64_t>(d.count())
                                            : static_cast<std::uint64_t>(d.count());
  const fmt::format_int whole(count / 1'000'000'000);
  out.append(whole.data(), whole.data() + whole.size());
  if (decimals == 0) return;
  std::array<char, 10> fraction{};
  fraction[0] = '.';
  std::uint64_t rest = count % 1'000'000'000;
  for (std::size_t i = 9; i > 0; --i, rest /= 10) {
    fraction[i] = static_cast<char>('0' + rest % 10);
  }
  out.append(fraction.data(), fraction.data() + 1 + decimals);
}

std::string date_and_time(capture::Timestamp t, Zone zone) {
  return formatted(t, zone, "%Y-%m-%d %H:%M:%S");
}

std::string time_of_day(capture::Timestamp t, Zone zone) { return formatted(t, zone, "%H:%M:%S"); }

std::string duration_text(std::chrono::nanoseconds d) {
  using std::chrono::duration;
  const double seconds = duration<double>(d).count();
  if (seconds < 0.001) return fmt::format("{:.0f}us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.1f}ms", seconds * 1e3);
  if (seconds < 60) return fmt::format("{:.2f}s", seconds);
  if (seconds < 3600) return fmt::format("{:.1f}min", seconds / 60);
  return fmt::format("{:.1f}h", seconds / 3600);
}

}  // namespace tapstat::report
