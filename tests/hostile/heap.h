// What this program has on its heap.
#pragma once

#include <sanitizer/allocator_interface.h>

#include <cstddef>

namespace tapstat::test {

// 0 without AddressSanitizer, whose allocator counts.
[[nodiscard]] inline std::size_t heap_bytes() {
#if defined(__SANITIZE_ADDRESS__)
  return __sanitizer_get_current_allocated_bytes();
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return __sanitizer_get_current_allocated_bytes();
#endif
#endif
  return 0;
}

}  // namespace tapstat::test
