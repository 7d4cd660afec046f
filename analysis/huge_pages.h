// Memory for tables: huge pages where the kernel has some.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace tapstat::analysis {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

// `bytes` of memory, at most a huge page, not touched yet; small pages are taken as they are
// touched, a huge one whole. Freed with FreePages. Throws std::bad_alloc.
[[nodiscard]] void* allocate_pages(std::size_t bytes, bool huge);

struct FreePages {
  void operator()(void* pages) const { std::free(pages); }
};

}  // namespace tapstat::analysis
