// A sequence of records that only grows and never moves: index in, reference out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "analysis/huge_pages.h"
#include "analysis/prefetch.h"

namespace tapstat::analysis {

// Chunks of up to 2 MiB, a huge page each from the second one on: records are met in any order, and
// of millions of them small pages would cost more misses of the TLB than of the cache.
// `kLines`: how much of one that will be appended before long is fetched, cache lines: a new page
// is in no cache.
template <typename T, std::size_t kLines = 4>
class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;
  ~Arena() = default;
  // A copy of the records.
  Arena(const Arena& other) {
    for (std::uint32_t i = 0; i < other.size(); ++i) append() = other[i];
  }
  Arena& operator=(const Arena&) = delete;

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::uint32_t i) { return chunks_[i >> kShift].get()[i & kMask]; }
  [[nodiscard]] const T& operator[](std::uint32_t i) const {
    return chunks_[i >> kShift].get()[i & kMask];
  }
  T& append() {
    if ((size_ & kMask) == 0 && (size_ >> kShift) == chunks_.size()) {
      const bool huge = kTableChunk == kHugePage && !chunks_.empty();
      chunks_.push_back(Chunk(static_cast<T*>(allocate_pages(kChunkBytes, huge))));
    }
    if constexpr (sizeof(T) >= kCacheLine) {
      const std::uint32_t ahead = (size_ & kMask) + kAhead;
      if (ahead <= kMask) fetch_lines(chunks_.back().get()[ahead], kLines);
    }
    return *new (&(*this)[size_++]) T;
  }

 private:
  static_assert(std::is_trivially_destructible_v<T>, "nobody destroys the records");

  static constexpr std::uint32_t kAhead = 4;

  static constexpr std::uint32_t kShift = [] {
    std::uint32_t shift = 0;
    while ((sizeof(T) << (shift + 1)) <= kTableChunk) ++shift;
    return shift;
  }();
  static constexpr std::uint32_t kMask = (1u << kShift) - 1;
  static constexpr std::size_t kChunkBytes = sizeof(T) << kShift;

  using Chunk = std::unique_ptr<T, FreePages>;
  std::vector<Chunk> chunks_;
  std::uint32_t size_ = 0;
};

}  // namespace tapstat::analysis
