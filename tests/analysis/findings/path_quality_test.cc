// The judgements about paths, from numbers.
#include "analysis/findings/path_quality.h"

#include <gtest/gtest.h>

namespace tapstat::test {
namespace {

using namespace std::chrono_literals;
using analysis::drops_large;
using analysis::is_stalled;
using analysis::loses_much;
using analysis::PathQuality;

TEST(PathQuality, FiveSecondsOfAClosedWindowAreAStall) {
  EXPECT_TRUE(is_stalled(PathQuality{.longest_zero_window = 5s}));
  EXPECT_FALSE(is_stalled(PathQuality{.longest_zero_window = 2s}))
      << "a slow reader that reads";
}

TEST(PathQuality, FiveInAHundredAreMuch) {
  EXPECT_TRUE(loses_much(PathQuality{.segments = 200, .resent_segments = 10}));
  EXPECT_FALSE(loses_much(PathQuality{.segments = 2000, .resent_segments = 20}));
  EXPECT_FALSE(loses_much(PathQuality{.segments = 10, .resent_segments = 3})) << "too few to tell";
}

TEST(PathQuality, LargeOnesAgainAndAgainAreABlackHole) {
  const PathQuality hole{.segments = 8,
                         .resent_segments = 5,
                         .largest_resent = 1448,
                         .largest_times = 5,
                         .largest_acked = 300};
  EXPECT_TRUE(drops_large(hole));
  PathQuality passed = hole;
  passed.largest_acked = 1448;
  EXPECT_FALSE(drops_large(passed)) << "one as large arrived";
  PathQuality small = hole;
  small.largest_resent = 500;
  EXPECT_FALSE(drops_large(small)) << "nothing drops those for their size";
  PathQuality once = hole;
  once.largest_times = 1;
  EXPECT_FALSE(drops_large(once));
}

}  // namespace
}  // namespace tapstat::test
