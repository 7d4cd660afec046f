// Objects that come and go by the million: handed out by pointer, given back, never moved.
#pragma once

#include <deque>
#include <vector>

namespace tapstat::analysis {

// Memory grows to the most that were out at once and is given back with the pool. T::clear() makes
// an object as new.
template <typename T>
class Pool {
 public:
  [[nodiscard]] T* take() {
    if (free_.empty()) return &all_.emplace_back();
    T* object = free_.back();
    free_.pop_back();
    return object;
  }
  void give_back(T* object) {
    object->clear();
    free_.push_back(object);
  }

 private:
  std::deque<T> all_;
  std::vector<T*> free_;
};

}  // namespace tapstat::analysis
