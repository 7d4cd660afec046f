// Objects that come and go by the million: handed out by pointer, given back, never moved.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace tapstat::analysis {

// Memory grows to the most that were out at once and is given back with the pool. T::clear() makes
// an object as new.
template <typename T>
class Pool {
 public:
  [[nodiscard]] T* take() {
    if (free_.empty()) grow();
    T* object = free_.back();
    free_.pop_back();
    return object;
  }
  void give_back(T* object) {
    object->clear();
    free_.push_back(object);
  }

  // What the objects that are out take.
  [[nodiscard]] std::size_t bytes() const {
    return (chunks_.size() * kChunk - free_.size()) * sizeof(T);
  }

 private:
  static constexpr std::size_t kChunk = 64;

  void grow() {
    chunks_.push_back(std::make_unique<T[]>(kChunk));
    for (std::size_t i = kChunk; i > 0; --i) free_.push_back(&chunks_.back()[i - 1]);
  }

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<T*> free_;  // the last one given back, and so likely cached, comes first
};

}  // namespace tapstat::analysis
