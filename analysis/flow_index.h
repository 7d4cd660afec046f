// From a five-tuple's hash to the record that holds it: open addressing, eight bytes a slot.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/huge_pages.h"
#include "analysis/prefetch.h"

namespace tapstat::analysis {

// Keys live in the records, not here: a slot is 32 bits of the hash and the record's index, so that
// a probe touches one cache line and a batch can prefetch it. Those 32 bits say where a slot
// belongs, too, so growing needs no key. A record that takes another's place keeps the slot.
class FlowIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  FlowIndex() : slots_(kInitialSlots) {}

  // A probe may go on in the next line.
  void prefetch(std::uint32_t hash) const {
    constexpr std::size_t kProbe = 4;
    fetch_line(&slots_[hash & mask()]);
    fetch_line(&slots_[(hash + kProbe) & mask()]);
  }

  // The index kept for `hash` whose record `matches(index)`; kNone where there is none.
  template <typename Matches>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, Matches&& matches) const {
    for (std::size_t i = hash & mask();; i = (i + 1) & mask()) {
      const Slot& s = slots_[i];
      if (s.index == kNone) return kNone;
      if (s.hash == hash && matches(s.index)) return s.index;
    }
  }

  // Whatever has that hash: hardly ever another than the one that is looked for.
  [[nodiscard]] std::uint32_t find_likely(std::uint32_t hash) const {
    return find(hash, [](std::uint32_t) { return true; });
  }

  void insert(std::uint32_t hash, std::uint32_t index);

  // The record at `from` gives its place to the one at `to`, which has the same key.
  void replace(std::uint32_t hash, std::uint32_t from, std::uint32_t to);

  // The record at `index` goes.
  void erase(std::uint32_t hash, std::uint32_t index);

  [[nodiscard]] std::size_t bytes() const { return slots_.size() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t index = kNone;
  };
  static constexpr std::size_t kInitialSlots = 1u << 8;

  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  [[nodiscard]] std::size_t slot_of(std::uint32_t hash, std::uint32_t index) const;
  void place(Slot slot);
  void grow();

  std::vector<Slot, PageAllocator<Slot>> slots_;
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
