// A sequence of records that only grows and never moves: index in, reference out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace tapstat::analysis {

template <typename T>
class Arena {
 public:
  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::uint32_t i) { return (*chunks_[i >> kShift])[i & kMask]; }
  [[nodiscard]] const T& operator[](std::uint32_t i) const {
    return (*chunks_[i >> kShift])[i & kMask];
  }
  T& append() {
    if ((size_ & kMask) == 0 && (size_ >> kShift) == chunks_.size()) {
      chunks_.push_back(std::make_unique<Chunk>());
    }
    return (*this)[size_++];
  }

 private:
  static constexpr std::uint32_t kShift = 7, kMask = (1u << kShift) - 1;
  using Chunk = std::array<T, std::size_t{1} << kShift>;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::uint32_t size_ = 0;
};

}  // namespace tapstat::analysis
