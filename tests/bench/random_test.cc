// Chance as the generator draws it.
#include "bench/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tapstat::bench {
namespace {

TEST(Random, TheSameSeedGivesTheSameNumbers) {
  Random a(7), b(7), c(8);
  std::vector<std::uint32_t> first, second, other;
  for (int i = 0; i < 100; ++i) {
    first.push_back(a.below(1'000'000));
    second.push_back(b.below(1'000'000));
    other.push_back(c.below(1'000'000));
  }
  EXPECT_EQ(first, second);
  EXPECT_NE(first, other);
}

TEST(Random, NeverAndAlways) {
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(random.percent(0));
    EXPECT_TRUE(random.percent(100));
    EXPECT_FALSE(random.per_million(0));
    EXPECT_EQ(random.below(1), 0u);
  }
}

TEST(Random, MostAreShortAndFewAreLongInAHeavyTail) {
  Random random(1);
  std::vector<std::uint32_t> drawn(100'000);
  double sum = 0;
  for (std::uint32_t& n : drawn) sum += n = random.heavy_tailed(10);
  std::sort(drawn.begin(), drawn.end());
  EXPECT_GE(drawn.front(), 10u);
  EXPECT_LT(drawn.back(), 10u << 14);
  EXPECT_LT(drawn[drawn.size() / 2], 20u);
  EXPECT_NEAR(sum / static_cast<double>(drawn.size()), 56, 6);
  EXPECT_GT(drawn[drawn.size() - 10], 10'000u);
}

}  // namespace
}  // namespace tapstat::bench
