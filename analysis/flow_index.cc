#include "analysis/flow_index.h"

#include <utility>

namespace tapstat::analysis {

void FlowIndex::insert(std::uint32_t hash, std::uint32_t index) {
  if ((used_ + 1) * 4 > buckets_.size() * kSlots * 3) grow();
  place(hash, index);
  ++used_;
}

void FlowIndex::replace(std::uint32_t hash, std::uint32_t from, std::uint32_t to) {
  const Slot slot = *slot_of(hash, from);
  buckets_[slot.bucket].index[slot.at] = to;
}

bool FlowIndex::erase(std::uint32_t hash, std::uint32_t index) {
  const auto slot = slot_of(hash, index);
  if (!slot) return false;
  close_up(*slot);
  --used_;
  return true;
}

std::optional<FlowIndex::Slot> FlowIndex::slot_of(std::uint32_t hash, std::uint32_t index) const {
  for (std::size_t b = hash & mask();; b = after(b)) {
    const unsigned slots = equal_words(buckets_[b].index, index);
    if (slots != 0) return Slot{b, lowest(slots)};
    if (!buckets_[b].is_full()) return std::nullopt;
  }
}

void FlowIndex::place(std::uint32_t hash, std::uint32_t index) {
  std::size_t b = hash & mask();
  while (buckets_[b].is_full()) b = after(b);
  Bucket& bucket = buckets_[b];
  const std::size_t at = bucket.used();
  bucket.hash[at] = hash;
  bucket.index[at] = index;
}

// The last one of the bucket moves into the gap. Where the bucket was full, one of those that had
// to go to a later one for it comes back, so that no look-up ends here too early, and leaves a gap
// there (Knuth, TAOCP volume 3, section 6.4, algorithm R, by buckets).
void FlowIndex::close_up(Slot gap) {
  for (;;) {
    Bucket& bucket = buckets_[gap.bucket];
    const std::size_t last = bucket.used() - 1;
    bucket.put(gap.at, bucket, last);
    bucket.index[last] = kNone;
    if (last + 1 < kSlots) return;
    const auto next = first_driven_past(gap.bucket);
    if (!next) return;
    bucket.put(last, buckets_[next->bucket], next->at);
    gap = *next;
  }
}

// The first one that found no place in this bucket, which was full.
std::optional<FlowIndex::Slot> FlowIndex::first_driven_past(std::size_t bucket) const {
  for (std::size_t b = after(bucket);; b = after(b)) {
    const Bucket& other = buckets_[b];
    for (std::size_t at = 0; at < kSlots && other.index[at] != kNone; ++at) {
      const std::size_t from_home = (b - other.hash[at]) & mask();
      const std::size_t from_bucket = (b - bucket) & mask();
      if (from_home >= from_bucket) return Slot{b, at};
    }
    if (!other.is_full()) return std::nullopt;
  }
}

void FlowIndex::grow() {
  const auto old = std::exchange(buckets_, decltype(buckets_)(buckets_.size() * 2));
  for (const Bucket& bucket : old) {
    for (std::size_t at = 0; at < kSlots && bucket.index[at] != kNone; ++at) {
      place(bucket.hash[at], bucket.index[at]);
    }
  }
}

}  // namespace tapstat::analysis
