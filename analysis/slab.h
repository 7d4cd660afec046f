// Records that come and go by the million: index in, reference out, memory used again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "analysis/arena.h"
#include "analysis/prefetch.h"

namespace tapstat::analysis {

// As an Arena, but indices can be given back, and the last one given back, whose memory is likely
// cached, is handed out first. What was in a record stays in it. `kLines`: how much of a new one is
// fetched ahead, cache lines.
template <typename T, std::size_t kLines = 4>
class Slab {
 public:
  [[nodiscard]] std::uint32_t take() {
    if (free_.empty()) {
      records_.append();
      return records_.size() - 1;
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    if (free_.size() >= kAhead) fetch_lines(records_[free_[free_.size() - kAhead]], kLines);
    if (free_.size() >= kFarAhead) fetch_line(&free_[free_.size() - kFarAhead]);
    return index;
  }
  void give_back(std::uint32_t index) { free_.push_back(index); }
  // The record, made anew where it is: one that was made elsewhere and copied would have to wait
  // for its parts to get there.
  template <typename... Args>
  T& renew(std::uint32_t index, Args&&... args) {
    return *std::construct_at(&records_[index], std::forward<Args>(args)...);
  }

  // Indices are below this, those given back included.
  [[nodiscard]] std::uint32_t extent() const { return records_.size(); }
  // How many are out, and what these take.
  [[nodiscard]] std::uint32_t count() const {
    return records_.size() - static_cast<std::uint32_t>(free_.size());
  }
  [[nodiscard]] std::size_t bytes() const { return count() * sizeof(T); }

  [[nodiscard]] T& operator[](std::uint32_t i) { return records_[i]; }
  [[nodiscard]] const T& operator[](std::uint32_t i) const { return records_[i]; }

 private:
  // What will be taken before long.
  static constexpr std::size_t kAhead = 4;
  static constexpr std::size_t kFarAhead = 32;  // of the list of what is free

  Arena<T, kLines> records_;
  std::vector<std::uint32_t> free_;
};

}  // namespace tapstat::analysis
