// What this program has on its heap.
#pragma once

#include <cstddef>

// Of sanitizer/allocator_interface.h, which GCC does not install; weak, for programs without it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace tapstat::test {

// 0 without AddressSanitizer, whose allocator counts.
[[nodiscard]] inline std::size_t heap_bytes() {
  return __sanitizer_get_current_allocated_bytes == nullptr
             ? 0
             : __sanitizer_get_current_allocated_bytes();
}

}  // namespace tapstat::test
