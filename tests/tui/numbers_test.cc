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

}  // namespace
}  // namespace tapstat::tui
