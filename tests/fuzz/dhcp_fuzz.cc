// Any bytes as a DHCP message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "decode/dhcp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace decode = tapstat::decode;
  const auto answer = decode::dhcp_answer({data, size});
  if (!answer) return 0;
  if (answer->prefix_len.value_or(0) > 32 || answer->routers.size() > decode::kMostDhcpRoutes) {
    std::abort();
  }
  if (!answer->routes) return 0;
  if (answer->routes->size() > decode::kMostDhcpRoutes) std::abort();
  for (const decode::DhcpRoute& route : *answer->routes) {
    if (route.prefix_len > 32) std::abort();
  }
  return 0;
}
