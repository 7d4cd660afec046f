#include "analysis/stations/address_kinds.h"

namespace tapstat::analysis::stations {

bool is_host_address(const IpAddress& address) {
  const auto b = address.bytes();
  if (address.is_v4()) return b[12] != 0 && b[12] != 127 && b[12] < 224;
  constexpr std::uint64_t kOne = std::uint64_t{1} << 56;  // in the last of the octets
  const bool is_low = address.high() == 0 && (address.low() == 0 || address.low() == kOne);
  return b[0] != 0xff && !is_low;
}

bool is_routable(const IpAddress& address) {
  const auto b = address.bytes();
  const bool is_link_local =
      address.is_v4() ? b[12] == 169 && b[13] == 254 : b[0] == 0xfe && (b[1] & 0xc0) == 0x80;
  return is_host_address(address) && !is_link_local;
}

bool is_public(const IpAddress& address) {
  const auto b = address.bytes();
  if (!is_routable(address)) return false;
  if (!address.is_v4()) return (b[0] & 0xfe) != 0xfc;
  return b[12] != 10 && !(b[12] == 172 && (b[13] & 0xf0) == 16) &&
         !(b[12] == 192 && b[13] == 168) && !(b[12] == 100 && (b[13] & 0xc0) == 64);
}

}  // namespace tapstat::analysis::stations
