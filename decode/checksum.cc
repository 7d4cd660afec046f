#include "decode/checksum.h"

#include <bit>
#include <cstring>

namespace tapstat::decode {
namespace {

constexpr std::uint16_t kAllOnes = 0xffff;  // of a sum with its right checksum among it

// As it would stand in memory.
[[nodiscard]] constexpr std::uint16_t in_memory(std::uint16_t value) {
  static_assert(std::endian::native == std::endian::little);
  return static_cast<std::uint16_t>(value << 8 | value >> 8);
}

}  // namespace

std::uint64_t sum_of(Bytes bytes) {
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t sum = 0;
  for (; left >= sizeof(std::uint32_t); left -= sizeof(std::uint32_t)) {
    std::uint32_t word;
    std::memcpy(&word, at, sizeof word);
    sum += word;
    at += sizeof word;
  }
  std::uint32_t rest = 0;
  if (left > 0) std::memcpy(&rest, at, left);
  return sum + rest;
}

std::uint64_t sum_of(AddressPair addresses, std::uint8_t protocol) {
  const std::size_t length = addresses.ip_version == 4 ? 8 : 32;
  return sum_of({addresses.bytes, length}) + in_memory(protocol);
}

std::uint64_t sum_of_length(std::size_t length) {
  return std::uint64_t{in_memory(static_cast<std::uint16_t>(length))} +
         in_memory(static_cast<std::uint16_t>(length >> 16));
}

std::uint16_t folded(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

bool is_intact(Bytes bytes) { return folded(sum_of(bytes)) == kAllOnes; }

bool is_intact(AddressPair addresses, std::uint8_t protocol, Bytes datagram) {
  return folded(sum_of(addresses, protocol) + sum_of_length(datagram.size()) + sum_of(datagram)) ==
         kAllOnes;
}

}  // namespace tapstat::decode
