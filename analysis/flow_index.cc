#include "analysis/flow_index.h"

#include <utility>

namespace tapstat::analysis {

void FlowIndex::insert(std::uint32_t hash, std::uint32_t index) {
  if ((used_ + 1) * 4 > slots_.size() * 3) grow();
  place({hash, index});
  ++used_;
}

void FlowIndex::replace(std::uint32_t hash, std::uint32_t from, std::uint32_t to) {
  slots_[slot_of(hash, from)].index = to;
}

// Those that stand behind it because their own places were taken move up, so that no look-up ends
// at the gap (Knuth, TAOCP volume 3, section 6.4, algorithm R).
void FlowIndex::erase(std::uint32_t hash, std::uint32_t index) {
  std::size_t gap = slot_of(hash, index);
  for (std::size_t i = (gap + 1) & mask(); slots_[i].index != kNone; i = (i + 1) & mask()) {
    const std::size_t from_home = (i - slots_[i].hash) & mask();
    const std::size_t from_gap = (i - gap) & mask();
    if (from_home < from_gap) continue;
    slots_[gap] = slots_[i];
    gap = i;
  }
  slots_[gap] = {};
  --used_;
}

std::size_t FlowIndex::slot_of(std::uint32_t hash, std::uint32_t index) const {
  std::size_t i = hash & mask();
  while (slots_[i].index != index) i = (i + 1) & mask();
  return i;
}

void FlowIndex::place(Slot slot) {
  std::size_t i = slot.hash & mask();
  while (slots_[i].index != kNone) i = (i + 1) & mask();
  slots_[i] = slot;
}

void FlowIndex::grow() {
  const auto old = std::exchange(slots_, decltype(slots_)(slots_.size() * 2));
  for (const Slot& s : old) {
    if (s.index != kNone) place(s);
  }
}

}  // namespace tapstat::analysis
