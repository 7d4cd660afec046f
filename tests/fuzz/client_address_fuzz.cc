// Any bytes as the options of a TCP header, as what a client sends first, and as a UDP datagram's
// options.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "decode/client_address.h"

namespace {

using namespace tapstat::decode;

void check(const CarriedSocket& socket) {
  const bool is_empty = socket.ip_version == 0;
  if (is_empty ? socket != CarriedSocket{} : socket.ip_version != 4 && socket.ip_version != 6) {
    std::abort();
  }
}

void check(const std::optional<ClientAddress>& found) {
  if (!found) return;
  check(found->client);
  check(found->service);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto proxy = proxy_header_of({data, size});
  check(proxy);
  if (proxy && proxy->carrier == AddressCarrier::proxy_v1 && proxy->header_len > size) std::abort();
  Segment segment{};
  segment.options = data;
  segment.options_len = static_cast<std::uint8_t>(std::min<std::size_t>(size, 40));
  check(toa_of(segment, {}));
  Packet packet;
  packet.content = Content::udp;
  packet.ip_options = {data, segment.options_len};
  packet.uoa_options = tapstat::capture::Bytes(data, size).subspan(segment.options_len);
  check(uoa_of(packet));
  return 0;
}
