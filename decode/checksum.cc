#include "decode/checksum.h"

namespace tapstat::decode {
namespace {

// Of at most 64 KiB and a pseudo header: 64 bits do not overflow.
[[nodiscard]] std::uint64_t sum(Bytes bytes) {
  std::uint64_t total = 0;
  std::size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) total += be16(bytes, i);
  if (i < bytes.size()) total += std::uint64_t{bytes[i]} << 8;  // padded with a zero byte
  return total;
}

// One's complement: what carried out comes in again. All bits set when the checksum is right.
[[nodiscard]] bool is_all_ones(std::uint64_t total) {
  while (total >> 16 != 0) total = (total & 0xffff) + (total >> 16);
  return total == 0xffff;
}

}  // namespace

bool is_intact(Bytes bytes) { return is_all_ones(sum(bytes)); }

bool is_intact(AddressPair addresses, std::uint8_t protocol, Bytes datagram) {
  const std::size_t length = addresses.ip_version == 4 ? 8 : 32;
  return is_all_ones(sum({addresses.bytes, length}) + protocol + datagram.size() + sum(datagram));
}

}  // namespace tapstat::decode
