// Any bytes as the file of --ipvs-config: read, or refused in a message that is fit to print.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "report/lvs/configuration.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto parsed = tapstat::report::IpvsConfiguration::parse(text);
  if (parsed) return 0;
  for (const char c : parsed.error()) {
    if (c < ' ' || '~' < c) std::abort();
  }
  return 0;
}
