// Any bytes as a capture file, compressed or not, read to the end.
#include <cstddef>
#include <cstdint>

#include "capture/open_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source = tapstat::capture::open_memory({data, size}, "input");
  if (!source) return 0;
  unsigned sum = 0;
  for (auto batch = (*source)->next_batch(); !batch.empty(); batch = (*source)->next_batch()) {
    for (const auto& frame : batch) {
      for (const std::uint8_t byte : frame.bytes()) sum += byte;  // so that each must be there
    }
  }
  static volatile unsigned keep;
  keep = sum;
  return 0;
}
