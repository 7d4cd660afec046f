#include "analysis/huge_pages.h"

#include <sys/mman.h>

#include <new>

namespace tapstat::analysis {

void* allocate_pages(std::size_t bytes, bool huge) {
  constexpr std::size_t kSmallPage = 4096;
  const std::size_t page = huge ? kHugePage : kSmallPage;
  const std::size_t whole = (bytes + page - 1) / page * page;
  void* const pages = std::aligned_alloc(page, whole);
  if (pages == nullptr) throw std::bad_alloc();
  // Only advice: without huge pages small ones do as well.
  if (huge) (void)madvise(pages, whole, MADV_HUGEPAGE);
  return pages;
}

}  // namespace tapstat::analysis
