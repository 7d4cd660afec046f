// Rows of small bars.
#include "tui/sparkline.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace tapstat::tui {
namespace {

constexpr std::array<std::uint64_t, 6> kValues = {0, 1, 25, 50, 75, 100};

TEST(Sparkline, TheGreatestIsAsHighAsItGets) {
  EXPECT_EQ(sparkline(kValues, 6, false), " ▁▂▄▆█");
  EXPECT_EQ(sparkline(kValues, 6, true), " _.=*@");
}

TEST(Sparkline, ShowsTheLastOnes) {
  EXPECT_EQ(sparkline(kValues, 2, false), "▆█");
  EXPECT_EQ(sparkline(kValues, 0, false), "");
  EXPECT_EQ(sparkline(kValues, -5, false), "");
  EXPECT_EQ(sparkline({}, 10, false), "");
}

TEST(Bar, IsAsLongAsItsShare) {
  EXPECT_EQ(bar(100, 100, 4, false), "████");
  EXPECT_EQ(bar(50, 100, 4, false), "██");
  EXPECT_EQ(bar(1, 100'000, 4, false), "▏");
  EXPECT_EQ(bar(0, 100, 4, false), "");
  EXPECT_EQ(bar(7, 0, 4, false), "");
  EXPECT_EQ(bar(60, 100, 5, true), "###");
}

}  // namespace
}  // namespace tapstat::tui
