#include "analysis/zeek/stream.h"

#include <gtest/gtest.h>

namespace tapstat::analysis::zeek {
namespace {

class StreamTest : public testing::Test {
 protected:
  void add(std::uint64_t first, std::uint64_t length) {
    stream.add(first, length, acknowledged_, acknowledged_ <= 1, pool_);
  }
  [[nodiscard]] std::uint64_t missing_below(std::uint64_t number) {
    acknowledged_ = number;
    return stream.acknowledge(number, false, pool_).bytes;
  }

  Stream stream;

 private:
  Pool<Pieces> pool_;
  std::uint64_t acknowledged_ = 1;
};

TEST_F(StreamTest, InOrderNothingIsMissing) {
  add(1, 10);
  add(11, 10);
  EXPECT_EQ(stream.delivered(), 21u);
  EXPECT_TRUE(stream.holds_data());
  EXPECT_EQ(missing_below(21), 0u);
  EXPECT_FALSE(stream.holds_data());
}

TEST_F(StreamTest, AHoleIsFilledLater) {
  add(1, 10);
  add(31, 10);
  add(21, 10);
  EXPECT_EQ(stream.delivered(), 11u);
  add(11, 10);
  EXPECT_EQ(stream.delivered(), 41u);
  EXPECT_EQ(missing_below(41), 0u);
}

TEST_F(StreamTest, HolesThatAreAcknowledgedAreGaps) {
  add(11, 10);
  add(31, 10);
  EXPECT_EQ(missing_below(41), 20u);
  EXPECT_EQ(missing_below(51), 10u);
}

TEST_F(StreamTest, OverlapsCountOnce) {
  add(11, 10);
  add(15, 20);
  add(5, 10);
  add(1, 4);
  EXPECT_EQ(stream.delivered(), 35u);
}

TEST_F(StreamTest, TooMuchBeyondAHoleWithoutAnAckIsGivenUp) {
  add(11, 20000);
  EXPECT_TRUE(stream.has_given_up());
  EXPECT_EQ(missing_below(20011), 0u);
}

TEST_F(StreamTest, HolesWithoutEndCostAFixedPieceOfMemory) {
  EXPECT_EQ(missing_below(2), 1u);
  for (std::uint64_t i = 0; i < 1000; ++i) add(10 + i * 2, 1);
  EXPECT_GT(missing_below(3000), 1000u);
}

}  // namespace
}  // namespace tapstat::analysis::zeek
