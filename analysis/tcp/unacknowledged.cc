#include "analysis/tcp/unacknowledged.h"

#include <algorithm>

namespace tapstat::analysis::tcp {
namespace {

void note(const UnackedSegment& segment, const Unacknowledged::Ack& ack,
          Unacknowledged::Acked& acked) {
  if (segment.end == ack.ack && !acked.exact) acked.exact = segment.time;
  if (ack.tsecr && segment.has_tsval && segment.tsval == *ack.tsecr && !acked.echoed) {
    acked.echoed = segment.time;
  }
  if (!ack.sent_once || at_or_before(*ack.sent_once, segment.seq)) {
    acked.largest = std::max(acked.largest, segment.end.value() - segment.seq.value());
  }
}

// Takes the acknowledged part from a segment that is left.
void trim(UnackedSegment& segment, Seq ack) {
  if (before(segment.seq, ack) && at_or_before(ack, segment.end)) segment.seq = ack;
}

}  // namespace

UnackedSegment* UnackedBlocks::take(std::size_t size) {
  constexpr std::size_t kChunk = 1024;  // entries
  auto& free = free_[size];
  if (free.empty()) {
    const std::size_t entries = capacity(size);
    const std::size_t blocks = std::max<std::size_t>(1, kChunk / entries);
    chunks_.push_back(std::make_unique<UnackedSegment[]>(blocks * entries));
    for (std::size_t i = blocks; i > 0; --i) {
      free.push_back(&chunks_.back()[(i - 1) * entries]);
    }
  }
  UnackedSegment* block = free.back();
  free.pop_back();
  out_ += capacity(size);
  return block;
}

bool Unacknowledged::keeps_order(const UnackedSegment& segment) const {
  if (size_ == 0) return true;
  return at_or_before(at(size_ - 1u).end, segment.seq) && before(at(0).seq, segment.end);
}

void Unacknowledged::push(const UnackedSegment& segment, UnackedBlocks& blocks) {
  if (block_ == nullptr) {
    block_ = blocks.take(block_size_ = 0);
    head_ = 0;
    in_order_ = true;
  } else if (size_ == UnackedBlocks::capacity(block_size_)) {
    grow(blocks);
  }
  in_order_ = in_order_ && keeps_order(segment);
  if (!in_order_) size_ = std::min<std::uint16_t>(size_, kMostDisordered - 1);
  at(size_) = segment;
  ++size_;
}

void Unacknowledged::grow(UnackedBlocks& blocks) {
  UnackedSegment* larger = blocks.take(block_size_ + 1u);
  for (std::size_t i = 0; i < size_; ++i) larger[i] = at(i);
  blocks.give_back(block_, block_size_);
  block_ = larger;
  head_ = 0;
  ++block_size_;
}

Unacknowledged::Acked Unacknowledged::acknowledge(const Ack& ack, UnackedBlocks& blocks) {
  Acked acked;
  if (size_ == 0) return acked;
  // In order, the last one is left unless all are acknowledged; any number that says otherwise lies
  // half the sequence space away.
  const bool last_left = before(ack.ack, at(size_ - 1u).end);
  const bool first_left = before(ack.ack, at(0).end);
  if (in_order_ && (last_left || !first_left)) {
    drop_first(ack, acked);
  } else {
    sift(ack, acked);
  }
  if (size_ == 0) {
    blocks.give_back(block_, block_size_);
    block_ = nullptr;
  }
  return acked;
}

void Unacknowledged::drop_first(const Ack& ack, Acked& acked) {
  while (size_ > 0 && at_or_before(at(0).end, ack.ack)) {
    note(at(0), ack, acked);
    head_ = static_cast<std::uint16_t>((head_ + 1) & mask());
    --size_;
  }
  if (size_ > 0) trim(at(0), ack.ack);
}

void Unacknowledged::sift(const Ack& ack, Acked& acked) {
  std::uint16_t left = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    UnackedSegment& segment = at(i);
    if (at_or_before(segment.end, ack.ack)) {
      note(segment, ack, acked);
      continue;
    }
    trim(segment, ack.ack);
    at(left++) = segment;
  }
  size_ = left;
}

std::uint32_t Unacknowledged::span(Seq base) const {
  if (in_order_) return at(size_ - 1u).end.value() - at(0).seq.value();
  const auto from_base = [base](Seq s) { return s.value() - base.value(); };
  std::uint32_t lowest = from_base(at(0).seq);
  std::uint32_t highest = from_base(at(size_ - 1u).end);
  for (std::size_t i = 0; i < size_; ++i) {
    lowest = std::min(lowest, from_base(at(i).seq));
    highest = std::max(highest, from_base(at(i).end));
  }
  return highest - lowest;
}

}  // namespace tapstat::analysis::tcp
