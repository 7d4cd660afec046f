// Memory for tables: huge pages where the kernel has some.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace tapstat::analysis {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

// What tables grow by. A fuzzer makes all of them anew for each input, and the sanitizer marks each
// byte of them, used or not.
#ifdef TAPSTAT_SMALL_TABLES
inline constexpr std::size_t kTableChunk = std::size_t{32} << 10;
#else
inline constexpr std::size_t kTableChunk = kHugePage;
#endif

// `bytes` of memory, not touched yet; small pages are taken as they are
// touched, a huge one whole. Freed with FreePages. Throws std::bad_alloc.
[[nodiscard]] void* allocate_pages(std::size_t bytes, bool huge);

struct FreePages {
  void operator()(void* pages) const { std::free(pages); }
};

// For vectors that are read in any order.
template <typename T>
struct PageAllocator {
  using value_type = T;  // NOLINT(readability-identifier-naming): as the standard has it

  PageAllocator() = default;
  template <typename U>
  // NOLINTNEXTLINE(google-explicit-constructor): as the standard has it
  PageAllocator(const PageAllocator<U>&) {}

  // Half a huge page is worth a whole one.
  [[nodiscard]] T* allocate(std::size_t n) {
    return static_cast<T*>(allocate_pages(n * sizeof(T), n * sizeof(T) >= kHugePage / 2));
  }
  void deallocate(T* at, std::size_t) { std::free(at); }

  friend bool operator==(PageAllocator, PageAllocator) { return true; }
};

}  // namespace tapstat::analysis
