#include "analysis/stations/address_table.h"

namespace tapstat::analysis::stations {

std::uint32_t AddressTable::enter(const MacAddress& mac, LinkId link, const IpAddress& ip,
                                  std::uint32_t most) {
  const std::uint64_t where = decode::number_of(mac) << 16 | link;
  const auto hash =
      static_cast<std::uint32_t>(hash_.add(hash_.add(hash_.add(0, where), ip.high()), ip.low()));
  const std::uint32_t known = index_.find(hash, [&](std::uint32_t i) {
    const Address& a = addresses_[i];
    return a.ip == ip && a.mac == mac && a.link == link;
  });
  if (known != kNone) return known;
  if (addresses_.size() >= most) return kNone;
  const std::uint32_t i = addresses_.size();
  Address& added = addresses_.append();
  added.mac = mac;
  added.link = link;
  added.ip = ip;
  index_.insert(hash, i);
  return i;
}

}  // namespace tapstat::analysis::stations
