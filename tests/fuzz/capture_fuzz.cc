// Any bytes as a capture file, compressed or not, read to the end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "capture/open_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source = tapstat::capture::open_memory({data, size}, "input");
  if (!source) return 0;
  std::uint64_t number = 0;
  for (auto batch = (*source)->next_batch(); !batch.empty(); batch = (*source)->next_batch()) {
    for (const auto& frame : batch) {
      if (frame.number != ++number || frame.captured_len > frame.wire_len) std::abort();
      if (frame.captured_len == 0) continue;
      const volatile std::uint8_t last = frame.bytes().back();  // so that it must be there
      (void)last;
    }
  }
  return 0;
}
