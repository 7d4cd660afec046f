#include "analysis/flow_index.h"

#include <utility>

namespace tapstat::analysis {

void FlowIndex::insert(std::uint32_t hash, std::uint32_t index) {
  if ((used_ + 1) * 4 > slots_.size() * 3) grow();
  place({hash, index});
  ++used_;
}

void FlowIndex::replace(std::uint32_t hash, std::uint32_t from, std::uint32_t to) {
  for (std::size_t i = hash & mask(); slots_[i].index != kNone; i = (i + 1) & mask()) {
    if (slots_[i].index != from) continue;
    slots_[i].index = to;
    return;
  }
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
