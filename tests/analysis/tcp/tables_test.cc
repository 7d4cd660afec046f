#include "analysis/tcp/tables.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace tapstat::analysis::tcp {
namespace {

TEST(Directory, GivesIdsInOrder) {
  Directory directory;
  directory.enter({3, 0});
  directory.enter({3, 1});
  directory.enter({5, 0});
  EXPECT_EQ(directory.size(), 3u);
  EXPECT_EQ(directory.id(3, 1), 1u);
  EXPECT_EQ(directory.id(5, 0), 2u);
  EXPECT_EQ(directory.id(5, 1), Directory::kNone);
  EXPECT_EQ(directory.place(2), Place(5, 0));
  EXPECT_TRUE(directory.has(2));
  EXPECT_FALSE(directory.has(3));
}

TEST(Directory, APlaceIsGivenAgainAndAnIdIsNot) {
  Directory directory;
  directory.enter({3, 0});
  directory.enter({3, 1});
  directory.leave({3, 0});
  EXPECT_FALSE(directory.has(0));
  EXPECT_EQ(directory.id(3, 0), Directory::kNone);
  EXPECT_EQ(directory.gone(), 1u);
  directory.enter({3, 0});
  EXPECT_EQ(directory.id(3, 0), 2u);
  EXPECT_EQ(directory.place(2), Place(3, 0));
  EXPECT_FALSE(directory.has(0));
  EXPECT_TRUE(directory.has(1));
  EXPECT_EQ(directory.size(), 3u);
}

TEST(Directory, KnowsTheFewThatAreLeftOfMany) {
  Directory directory;
  constexpr std::uint32_t kMany = 50'000, kEach = 7'000;
  for (std::uint32_t i = 0; i < kMany; ++i) directory.enter({i % kShards, i / kShards});
  for (std::uint32_t i = 0; i < kMany; ++i) {
    if (i % kEach != 0) directory.leave({i % kShards, i / kShards});
  }
  for (std::uint32_t i = 0; i < kMany; ++i) EXPECT_EQ(directory.has(i), i % kEach == 0);
  EXPECT_EQ(directory.place(3 * kEach), Place(3 * kEach % kShards, 3 * kEach / kShards));
  EXPECT_EQ(directory.gone(), kMany - 8);
}

}  // namespace
}  // namespace tapstat::analysis::tcp
