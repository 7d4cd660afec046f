// From a five-tuple's hash to the record that holds it: open addressing by cache lines.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/equal_words.h"
#include "analysis/huge_pages.h"
#include "analysis/prefetch.h"

namespace tapstat::analysis {

// Keys live in the records, not here: a slot is 32 bits of the hash and the record's index, and
// eight slots are a bucket, a cache line, all of which are compared at once: which of them it is
// takes no branch that the processor would have to guess. What finds its bucket full goes to the
// next one. Those 32 bits say where a slot belongs, too, so growing needs no key. A record that
// takes another's place keeps the slot.
class FlowIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  FlowIndex() : buckets_(kInitialBuckets) {}

  void prefetch(std::uint32_t hash) const { fetch_line(&buckets_[hash & mask()]); }
  // What erase() may look at.
  void prefetch_erase(std::uint32_t hash) const {
    prefetch(hash);
    fetch_line(&buckets_[after(hash & mask())]);
  }

  // The index kept for `hash` whose record `matches(index)`; kNone where there is none.
  template <typename Matches>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, Matches&& matches) const {
    for (std::size_t b = hash & mask();; b = after(b)) {
      const Bucket& bucket = buckets_[b];
      for (unsigned slots = equal_words(bucket.hash, hash); slots != 0; slots &= slots - 1) {
        const std::uint32_t index = bucket.index[lowest(slots)];
        if (index != kNone && matches(index)) return index;
      }
      if (!bucket.is_full()) return kNone;
    }
  }

  // Whatever has that hash: hardly ever another than the one that is looked for.
  [[nodiscard]] std::uint32_t find_likely(std::uint32_t hash) const {
    return find(hash, [](std::uint32_t) { return true; });
  }

  void insert(std::uint32_t hash, std::uint32_t index);

  // The record at `from`, which is kept, gives its place to the one at `to`, which has the same
  // key.
  void replace(std::uint32_t hash, std::uint32_t from, std::uint32_t to);

  // The record at `index` goes. False where it is not kept here.
  bool erase(std::uint32_t hash, std::uint32_t index);

  [[nodiscard]] std::size_t bytes() const { return buckets_.size() * sizeof(Bucket); }

 private:
  static constexpr std::size_t kSlots = std::tuple_size_v<EightWords>;
  static constexpr std::size_t kInitialBuckets = 32;

  [[nodiscard]] static std::size_t lowest(unsigned bits) {
    return static_cast<std::size_t>(std::countr_zero(bits));
  }

  // Slots are taken from the first on, without gaps.
  struct alignas(kCacheLine) Bucket {
    EightWords hash{};
    EightWords index = {kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};

    [[nodiscard]] bool is_full() const { return index.back() != kNone; }
    [[nodiscard]] std::size_t used() const {
      return lowest(equal_words(index, kNone) | 1u << kSlots);
    }
    void put(std::size_t at, const Bucket& from, std::size_t from_at) {
      hash[at] = from.hash[from_at];
      index[at] = from.index[from_at];
    }
  };
  static_assert(sizeof(Bucket) == kCacheLine);

  struct Slot {
    std::size_t bucket, at;
  };

  [[nodiscard]] std::size_t mask() const { return buckets_.size() - 1; }
  [[nodiscard]] std::size_t after(std::size_t bucket) const { return (bucket + 1) & mask(); }
  [[nodiscard]] std::optional<Slot> slot_of(std::uint32_t hash, std::uint32_t index) const;
  void place(std::uint32_t hash, std::uint32_t index);
  void close_up(Slot gap);
  [[nodiscard]] std::optional<Slot> first_driven_past(std::size_t bucket) const;
  void grow();

  std::vector<Bucket, PageAllocator<Bucket>> buckets_;
  std::size_t used_ = 0;
};

// How many records of that type, each with its slots here (two, and as many again while it grows),
// fit into `memory` bytes.
template <typename Record>
[[nodiscard]] constexpr std::uint32_t most_of(std::size_t memory) {
  constexpr std::size_t kSlot = 8;
  return static_cast<std::uint32_t>(
      std::min<std::size_t>(memory / (sizeof(Record) + 4 * kSlot), FlowIndex::kNone - 1));
}

}  // namespace tapstat::analysis
