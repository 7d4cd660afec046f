// Any bytes as a VRRP advert over IPv4 and IPv6, whole and cut.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "decode/ip_protocol.h"
#include "decode/vrrp.h"

namespace {

using namespace tapstat::decode;

void read(tapstat::capture::Bytes body, std::uint32_t wire_len, std::uint8_t ip_version) {
  static constexpr std::array<std::uint8_t, 32> kAddresses{};
  Packet packet;
  packet.content = Content::ip_other;
  packet.ip_protocol = ip_protocol::kVrrp;
  packet.ip_version = ip_version;
  packet.ttl = 255;
  packet.ip_src = kAddresses.data();
  packet.ip_dst = kAddresses.data() + (ip_version == 4 ? 4 : 16);
  packet.body = body;
  packet.body_len = wire_len;
  const auto advert = vrrp_advert(packet);
  if (!advert) return;
  const std::size_t address_len = ip_version == 4 ? 4 : 16;
  if (advert->addresses.size() > advert->count * address_len ||
      advert->addresses.size() % address_len != 0 || advert->interval.count() < 0) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto len = static_cast<std::uint32_t>(size);
  for (const std::uint8_t ip_version : {std::uint8_t{4}, std::uint8_t{6}}) {
    read({data, size}, len, ip_version);
    read({data, size}, len + 1500, ip_version);  // its checksum cannot be looked at
  }
  return 0;
}
