// Any bytes as the kernel's answer to a request for its sockets; the first octet is the request's
// number.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "capture/kernel_sockets.h"

namespace {

// Bytes of a message with a socket: nlmsghdr and inet_diag_msg.
constexpr std::size_t kLeast = 16 + 72;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<tapstat::capture::KernelSocket> sockets;
  const auto part = tapstat::capture::parse_sockets({data + 1, size - 1}, data[0], sockets);
  if (part.error < 0 || sockets.size() > (size - 1) / kLeast) std::abort();
  for (const auto& socket : sockets) {
    // Of a mapped listener both ends are IPv4.
    const bool is_anybody = socket.remote.address == std::array<std::uint8_t, 16>{};
    if (socket.local.is_v4() && is_anybody) std::abort();
  }
  return 0;
}
