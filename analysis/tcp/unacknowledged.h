// The segments of one direction that nobody has acknowledged yet, in the order in which they came.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analysis/prefetch.h"
#include "analysis/seq.h"
#include "capture/frame.h"

namespace tapstat::analysis::tcp {

struct UnackedSegment {
  Seq seq, end;  // SYN and FIN counted
  capture::Timestamp time{};
  std::uint32_t tsval = 0;  // RFC 7323
  bool has_tsval = false;
};

// Blocks of entries for lists of all lengths. Memory grows to the most that was out at once.
class UnackedBlocks {
 public:
  static constexpr std::size_t kSizes = 7;

  [[nodiscard]] static constexpr std::uint16_t capacity(std::size_t size) {
    return static_cast<std::uint16_t>(4u << (2 * size));
  }
  [[nodiscard]] UnackedSegment* take(std::size_t size);
  void give_back(UnackedSegment* block, std::size_t size) {
    out_ -= capacity(size);
    free_[size].push_back(block);
  }

  // What the blocks that are out take.
  [[nodiscard]] std::size_t bytes() const { return out_ * sizeof(UnackedSegment); }

 private:
  std::vector<std::unique_ptr<UnackedSegment[]>> chunks_;
  std::array<std::vector<UnackedSegment*>, kSizes> free_;  // the last one given back comes first
  std::size_t out_ = 0;                                    // entries of blocks that are out
};

// A ring whose block is taken when there is something to keep and given back when there is not.
// Sixteen bytes, and plain data: whoever owns it clears it.
class Unacknowledged {
 public:
  // Wireshark's TCP_MAX_UNACKED_SEGMENTS: more are not kept, as where acknowledgments are not seen.
  static constexpr std::uint16_t kMost = 10'000;
  // Those that are out of order are looked through for every segment, so that nobody may make them
  // as long.
  static constexpr std::uint16_t kMostDisordered = 1024;

  // The last segment lies before the number that span() counts from.
  void note_before_base() { in_order_ = false; }

  // Empties it.
  void clear(UnackedBlocks& blocks) {
    if (block_ != nullptr) blocks.give_back(block_, block_size_);
    *this = {};
  }

  // What an acknowledgment said of the segments it covered.
  struct Acked {
    std::optional<capture::Timestamp> exact;   // the earliest that ends where it does was sent then
    std::optional<capture::Timestamp> echoed;  // likewise, whose TSval it brought back
    std::uint32_t largest = 0;                 // of those that begin at or behind `sent_once`
  };

  // Not when it is full.
  void push(const UnackedSegment& segment, UnackedBlocks& blocks);

  // An acknowledgment: what it echoed, and from where on nothing was sent twice.
  struct Ack {
    Seq ack;
    std::optional<std::uint32_t> tsecr = std::nullopt;
    std::optional<Seq> sent_once = std::nullopt;  // nullopt: nothing was at all
  };

  // Drops what ends at or before `ack`, and the acknowledged part of what it cuts.
  Acked acknowledge(const Ack& ack, UnackedBlocks& blocks);

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool is_full() const { return size_ >= (in_order_ ? kMost : kMostDisordered); }

  // Fetches where the first segment stands.
  void prefetch() const {
    if (block_ != nullptr) fetch_line(&block_[head_]);
  }

  // From the lowest number to the highest, both counted from `base`: what one end has under way.
  [[nodiscard]] std::uint32_t span(Seq base) const;

 private:
  [[nodiscard]] std::uint16_t mask() const {
    return static_cast<std::uint16_t>(UnackedBlocks::capacity(block_size_) - 1);
  }
  [[nodiscard]] UnackedSegment& at(std::size_t i) const { return block_[(head_ + i) & mask()]; }
  [[nodiscard]] bool keeps_order(const UnackedSegment& segment) const;
  void grow(UnackedBlocks& blocks);
  void drop_first(const Ack& ack, Acked& acked);
  void sift(const Ack& ack, Acked& acked);

  UnackedSegment* block_ = nullptr;
  std::uint16_t head_ = 0;
  std::uint16_t size_ = 0;
  std::uint8_t block_size_ = 0;
  // Each begins at or behind the end of the one before it, within half of the sequence space.
  bool in_order_ = true;
};

}  // namespace tapstat::analysis::tcp
