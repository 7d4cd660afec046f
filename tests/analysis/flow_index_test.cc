#include "analysis/flow_index.h"

#include <gtest/gtest.h>

#include <vector>

namespace tapstat::analysis {
namespace {

TEST(FlowIndex, FindsWhatWasInsertedThroughManyGrowths) {
  FlowIndex index;
  constexpr std::uint32_t kMany = 200'000;
  for (std::uint32_t i = 0; i < kMany; ++i) index.insert(i * 2654435761u, i);
  for (std::uint32_t i = 0; i < kMany; ++i) {
    EXPECT_EQ(index.find(i * 2654435761u, [&](std::uint32_t at) { return at == i; }), i);
  }
}

TEST(FlowIndex, AsksTheRecordWhenHashesAreEqual) {
  FlowIndex index;
  for (std::uint32_t i = 0; i < 100; ++i) index.insert(42, i);
  EXPECT_EQ(index.find(42, [](std::uint32_t at) { return at == 77; }), 77u);
  EXPECT_EQ(index.find(42, [](std::uint32_t) { return false; }), FlowIndex::kNone);
  EXPECT_EQ(index.find(43, [](std::uint32_t) { return true; }), FlowIndex::kNone);
}

TEST(FlowIndex, ReplacesARecordInItsPlace) {
  FlowIndex index;
  index.insert(42, 1);
  index.insert(42, 2);
  index.replace(42, 1, 9);
  EXPECT_EQ(index.find(42, [](std::uint32_t at) { return at == 1; }), FlowIndex::kNone);
  EXPECT_EQ(index.find(42, [](std::uint32_t at) { return at == 9; }), 9u);
  EXPECT_EQ(index.find(42, [](std::uint32_t at) { return at == 2; }), 2u);
}

}  // namespace
}  // namespace tapstat::analysis
