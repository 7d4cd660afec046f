#include "analysis/flow_index.h"

#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <random>
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

// Few hash values, so that slots stand far from where they belong, and over the end of the table.
TEST(FlowIndex, FindsAllOthersWhateverGoes) {
  FlowIndex index;
  std::map<std::uint32_t, std::uint32_t> hashes;  // by record
  std::mt19937 random(5);
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const bool goes = hashes.size() > 150 || (!hashes.empty() && random() % 3 == 0);
    if (goes) {
      const auto record = std::next(hashes.begin(), static_cast<long>(random() % hashes.size()));
      ASSERT_TRUE(index.erase(record->second, record->first));
      ASSERT_FALSE(index.erase(record->second, record->first)) << "it has gone";
      hashes.erase(record);
    } else {
      const std::uint32_t hash = 0xffffff00u + static_cast<std::uint32_t>(random() % 300);
      index.insert(hash, i);
      hashes[i] = hash;
    }
    if (i % 100 != 0) continue;
    for (const auto& [record, hash] : hashes) {
      ASSERT_EQ(index.find(hash, [r = record](std::uint32_t at) { return at == r; }), record);
    }
  }
  EXPECT_EQ(index.bytes(), 256u * 8) << "it does not grow with what has gone";
}

}  // namespace
}  // namespace tapstat::analysis
