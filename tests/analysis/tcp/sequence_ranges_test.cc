#include "analysis/tcp/sequence_ranges.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace tapstat::analysis::tcp {
namespace {

TEST(Islands, CountBytesOnce) {
  Islands islands;
  EXPECT_EQ(islands.add(Seq{100}, Seq{200}), 100u);
  EXPECT_EQ(islands.add(Seq{100}, Seq{200}), 0u);
  EXPECT_EQ(islands.add(Seq{150}, Seq{250}), 50u);
  EXPECT_EQ(islands.add(Seq{300}, Seq{400}), 100u);
  EXPECT_EQ(islands.add(Seq{50}, Seq{500}), 50u + 50u + 100u);
}

TEST(Islands, AreAbsorbedByTheEdgeThatReachesThem) {
  Islands islands;
  (void)islands.add(Seq{100}, Seq{200});
  (void)islands.add(Seq{300}, Seq{400});
  EXPECT_EQ(islands.absorb(Seq{50}), Seq{50});
  EXPECT_EQ(islands.absorb(Seq{100}), Seq{200});
  EXPECT_FALSE(islands.empty());
  EXPECT_EQ(islands.absorb(Seq{350}), Seq{400});
  EXPECT_TRUE(islands.empty());
}

TEST(Islands, WorkAcrossTheEndOfTheSequenceSpace) {
  Islands islands;
  EXPECT_EQ(islands.add(Seq{0xfffffff0u}, Seq{0x10u}), 0x20u);
  EXPECT_EQ(islands.add(Seq{0x8u}, Seq{0x18u}), 8u);
  EXPECT_EQ(islands.absorb(Seq{0xfffffff0u}), Seq{0x18u});
}

TEST(Islands, FarthestAreForgottenPastTheBound) {
  Islands islands;
  for (std::uint32_t i = 0; i < 2 * Islands::kMaxIslands; ++i) {
    EXPECT_EQ(islands.add(Seq{10 * i}, Seq{10 * i + 1}), 1u);
  }
  EXPECT_EQ(islands.add(Seq{0}, Seq{1}), 0u);
}

// Against a set of single bytes, in any order and with any overlap.
TEST(Islands, AgreeWithASetOfBytes) {
  std::mt19937 generator(7);
  const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
  for (int round = 0; round < 200; ++round) {
    Islands islands;
    std::set<std::uint32_t> bytes;
    for (int i = 0; i < 40; ++i) {
      const std::uint32_t first = 1 + random() % 300;
      const std::uint32_t end = first + 1 + random() % 30;
      const std::size_t before = bytes.size();
      for (std::uint32_t b = first; b < end; ++b) bytes.insert(b);
      EXPECT_EQ(islands.add(Seq{first}, Seq{end}), bytes.size() - before);
    }
    std::uint32_t edge = *bytes.begin();
    while (bytes.contains(edge)) ++edge;
    EXPECT_EQ(islands.absorb(Seq{*bytes.begin()}), Seq{edge});
  }
}

}  // namespace
}  // namespace tapstat::analysis::tcp
