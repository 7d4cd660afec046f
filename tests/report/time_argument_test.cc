#include "report/time_argument.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace tapstat::report {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

const capture::Timestamp kFirst{seconds{1000}};

[[nodiscard]] std::optional<std::int64_t> resolved(const char* text) {
  const auto t = TimeArgument::parse(text);
  if (!t) return std::nullopt;
  return t->resolve(kFirst).time_since_epoch().count();
}

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(TimeArgument, EpochSecondsKeepTheirFraction) {
  EXPECT_EQ(resolved("1795215175"), 1795215175 * kSecond);
  EXPECT_EQ(resolved("1795215175.009905001"), 1795215175 * kSecond + 9905001);
  EXPECT_EQ(resolved("0.5"), kSecond / 2);
}

TEST(TimeArgument, PlusCountsFromTheFirstPacket) {
  EXPECT_EQ(resolved("+12.5"), 1012 * kSecond + kSecond / 2);
  EXPECT_EQ(resolved("+0"), 1000 * kSecond);
}

TEST(TimeArgument, Iso8601WithAZone) {
  EXPECT_EQ(resolved("2026-11-21T01:26:18Z"), 1795224378 * kSecond);
  EXPECT_EQ(resolved("2026-11-21T02:26:18.25+01:00"), 1795224378 * kSecond + kSecond / 4);
  EXPECT_EQ(resolved("2026-11-20T20:26:18-0500"), 1795224378 * kSecond);
}

TEST(TimeArgument, WithoutAZoneItIsLocalTime) {
  setenv("TZ", "Europe/Berlin", 1);
  tzset();
  EXPECT_EQ(resolved("2026-11-21 02:26:18"), 1795224378 * kSecond);
  unsetenv("TZ");
  tzset();
}

TEST(TimeArgument, RefusesWhatIsNoTime) {
  for (const char* text : {"", "+", "x", "12x", "1.", "1.2.3", "2026-11-21", "2026-13-01T00:00:00Z",
                           "2026-06-31T00:00:00Z", "2026-11-21T01:26:18+1", "99999999999999999999",
                           "10000000000", "+2026-11-21T01:26:18Z", "2026-11-21T01:26:18Zx"}) {
    EXPECT_EQ(resolved(text), std::nullopt) << text;
  }
}

TEST(Duration, InItsUnits) {
  using namespace std::chrono_literals;
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("20us"), 20us);
  EXPECT_EQ(parse_duration("1s"), 1s);
  EXPECT_EQ(parse_duration("1"), 1s);
  EXPECT_EQ(parse_duration("0.25"), 250ms);
  EXPECT_EQ(parse_duration("1.5ms"), 1500us);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("0"), 0s);
  EXPECT_EQ(parse_duration("1250000.5h"), 1250000h + 30min);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("1s500ms20us7ns"), 1500020007ns);
}

TEST(TimeArgument, RefusesYearsThatNoPacketIsOf) {
  for (const char* text : {"0026-11-21 14:05:00Z", "1899-01-01T00:00:00Z", "2200-01-01T00:00:00Z",
                           "9999-12-31T23:59:59Z", "0000-01-01 00:00:00"}) {
    EXPECT_FALSE(TimeArgument::parse(text)) << text;
  }
  EXPECT_TRUE(TimeArgument::parse("1901-01-01T00:00:00Z"));
  EXPECT_TRUE(TimeArgument::parse("2100-01-01T00:00:00Z"));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text :
       {"", "s", "-1s", "+1", "1.", "1 s", "1d", "1ss", ".5", "inf", "1e3", "4500000001", "1h30",
        "30 1m", "m1h", "1250001h", "99999999999999999999ms"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tapstat::report
