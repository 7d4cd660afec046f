// Fetching memory into the caches ahead of its use.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tapstat::analysis {

inline constexpr std::size_t kCacheLine = 64;

// The line that holds `at`. The empty statement costs nothing and stands there for GCC, which takes
// a function that does nothing but fetch for one without effect, and leaves out the calls of it.
inline void fetch_line(const void* at) {
  __builtin_prefetch(at);
  asm volatile("");
}

// All lines of a record, or its first ones.
template <typename T>
void fetch_lines(const T& record, std::size_t most = SIZE_MAX) {
  const auto* const begin = static_cast<const char*>(static_cast<const void*>(&record));
  for (std::size_t at = 0; at < std::min(sizeof(T), most * kCacheLine); at += kCacheLine) {
    fetch_line(begin + at);
  }
}

}  // namespace tapstat::analysis
