#include "report/time_text.h"

#include <gtest/gtest.h>

namespace tapstat::report {
namespace {

using std::chrono::nanoseconds;

[[nodiscard]] std::string seconds_text(std::int64_t ns, int decimals) {
  fmt::memory_buffer out;
  append_seconds(out, nanoseconds{ns}, decimals);
  return fmt::to_string(out);
}

TEST(TimeText, SecondsAreCutNotRounded) {
  EXPECT_EQ(seconds_text(1'999'999'999, 9), "1.999999999");
  EXPECT_EQ(seconds_text(1'999'999'999, 3), "1.999");
  EXPECT_EQ(seconds_text(1'999'999'999, 0), "1");
  EXPECT_EQ(seconds_text(-5, 9), "-0.000000005");
  EXPECT_EQ(seconds_text(INT64_MIN, 9), "-9223372036.854775808");
}

TEST(TimeText, DatesAreInTheZoneAskedFor) {
  const capture::Timestamp t{nanoseconds{1'795'224'378'123'456'789}};
  EXPECT_EQ(date_and_time(t, Zone::utc), "2026-11-21 01:26:18.123456");
  EXPECT_EQ(time_of_day(t, Zone::utc), "01:26:18.123456");
}

TEST(TimeText, DatesBeforeTheEpochAreDates) {
  EXPECT_EQ(date_and_time(capture::Timestamp{nanoseconds{-1}}, Zone::utc),
            "1969-12-31 23:59:59.999999");
}

TEST(TimeText, DurationsHaveAUnit) {
  EXPECT_EQ(duration_text(nanoseconds{0}), "0us");
  EXPECT_EQ(duration_text(nanoseconds{1'500'000}), "1.5ms");
  EXPECT_EQ(duration_text(std::chrono::seconds{90}), "1.5min");
}

}  // namespace
}  // namespace tapstat::report
