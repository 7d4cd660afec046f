#include "analysis/arena.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

namespace tapstat::analysis {
namespace {

using Pages = std::unique_ptr<void, FreePages>;

[[nodiscard]] bool is_aligned(void* p, std::size_t alignment) {
  void* next = p;
  std::size_t space = 2 * alignment;
  return std::align(alignment, 1, next, space) == p;
}

struct Record {
  std::uint64_t value = 7;
  std::uint32_t more = 9;
};

// Several chunks of them.
constexpr std::uint32_t kMany = 3 * kHugePage / sizeof(Record) + 5;

TEST(Arena, BeginsEmptyAndCountsWhatIsAppended) {
  Arena<Record> arena;
  EXPECT_EQ(arena.size(), 0u);
  for (std::uint32_t i = 0; i < 10; ++i) {
    arena.append();
    EXPECT_EQ(arena.size(), i + 1);
  }
}

TEST(Arena, ARecordIsAsItsTypeInitialisesIt) {
  Arena<Record> arena;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    const Record& fresh = arena.append();
    ASSERT_EQ(fresh.value, 7u);
    ASSERT_EQ(fresh.more, 9u);
  }
}

TEST(Arena, EachRecordKeepsItsValueThroughEveryChunk) {
  Arena<Record> arena;
  for (std::uint32_t i = 0; i < kMany; ++i) arena.append().value = i;
  const Arena<Record>& same = arena;
  for (std::uint32_t i = 0; i < kMany; ++i) ASSERT_EQ(same[i].value, i);
  arena[kMany / 2].value = 1;
  EXPECT_EQ(same[kMany / 2].value, 1u);
}

TEST(Arena, RecordsNeverMove) {
  Arena<Record> arena;
  Record& first = arena.append();
  const Record* last_of_the_first_chunk = nullptr;
  while (arena.size() < kHugePage / sizeof(Record)) last_of_the_first_chunk = &arena.append();
  const std::uint32_t last = arena.size() - 1;
  while (arena.size() < kMany) arena.append();
  EXPECT_EQ(&arena[0], &first);
  EXPECT_EQ(&arena[last], last_of_the_first_chunk);
}

TEST(Arena, ChunksAreHugePagesFromTheSecondOn) {
  static_assert(kHugePage % sizeof(Record) == 0);
  constexpr std::uint32_t kInAChunk = kHugePage / sizeof(Record);
  Arena<Record> arena;
  while (arena.size() < 3 * kInAChunk) arena.append();
  EXPECT_TRUE(is_aligned(&arena[kInAChunk], kHugePage));
  EXPECT_TRUE(is_aligned(&arena[2 * kInAChunk], kHugePage));
}

struct alignas(64) Wide {
  std::array<std::uint8_t, 64 * 7> bytes{};
};

// Seven cache lines, so that no power of two of them fills a huge page.
TEST(Arena, RecordsAreAlignedAsTheirTypeAsks) {
  Arena<Wide> arena;
  for (int i = 0; i < 20'000; ++i) {
    Wide& wide = arena.append();
    ASSERT_TRUE(is_aligned(&wide, 64));
    wide.bytes.fill(1);
  }
}

struct Huge {
  std::array<std::uint8_t, kHugePage / 2 + 1> bytes;
};

TEST(Arena, TakesRecordsOfWhichNoTwoFitAPage) {
  Arena<Huge> arena;
  for (std::uint8_t i = 0; i < 3; ++i) arena.append().bytes.fill(i);
  for (std::uint8_t i = 0; i < 3; ++i) {
    EXPECT_EQ(arena[i].bytes.front(), i);
    EXPECT_EQ(arena[i].bytes.back(), i);
  }
}

TEST(AllocatePages, AreAlignedToTheirPagesAndWritableToTheLastByte) {
  for (const std::size_t bytes :
       {std::size_t{1}, std::size_t{4096}, std::size_t{4097}, kHugePage}) {
    const Pages small(allocate_pages(bytes, false)), huge(allocate_pages(bytes, true));
    EXPECT_TRUE(is_aligned(small.get(), 4096)) << bytes;
    EXPECT_TRUE(is_aligned(huge.get(), kHugePage)) << bytes;
    std::memset(small.get(), 1, bytes);
    std::memset(huge.get(), 1, bytes);
  }
}

}  // namespace
}  // namespace tapstat::analysis
