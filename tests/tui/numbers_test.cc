// Numbers as a dashboard has room for them.
#include "tui/numbers.h"

#include <gtest/gtest.h>

namespace tapstat::tui {
namespace {

TEST(Numbers, HaveThreeDigitsAndAUnit) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(999), "999");
  EXPECT_EQ(short_number(1000), "1.0k");
  EXPECT_EQ(short_number(12'345), "12.3k");
  EXPECT_EQ(short_number(999'949), "1000k");
  EXPECT_EQ(short_number(999'960), "1.0M");
  EXPECT_EQ(short_number(4.5e9), "4.5G");
}

TEST(Numbers, WholeOnesHaveCommas) {
  EXPECT_EQ(whole_number(0), "0");
  EXPECT_EQ(whole_number(999), "999");
  EXPECT_EQ(whole_number(1000), "1,000");
  EXPECT_EQ(whole_number(1'234'567), "1,234,567");
}

TEST(Numbers, MemoryCountsBy1024) {
  EXPECT_EQ(short_bytes(1023), "1023");
  EXPECT_EQ(short_bytes(1 << 20), "1.0M");
  EXPECT_EQ(short_bytes(std::uint64_t{150} << 20), "150M");
}

TEST(Numbers, DurationsHaveTheUnitThatFits) {
  using std::chrono::nanoseconds;
  EXPECT_EQ(short_duration(nanoseconds(0)), "0 ns");
  EXPECT_EQ(short_duration(nanoseconds(999)), "999 ns");
  EXPECT_EQ(short_duration(nanoseconds(12'345)), "12.3 us");
  EXPECT_EQ(short_duration(nanoseconds(999'960)), "1.0 ms");
  EXPECT_EQ(short_duration(nanoseconds(-1'234'000)), "-1.2 ms");
  EXPECT_EQ(short_duration(std::chrono::seconds(59)), "59.0 s");
  EXPECT_EQ(short_duration(std::chrono::seconds(120)), "2.0 min");
  EXPECT_EQ(short_duration(std::chrono::hours(1000)), "1000 h");
  EXPECT_EQ(short_duration(nanoseconds::min()), "-2562048 h");
}

}  // namespace
}  // namespace tapstat::tui
