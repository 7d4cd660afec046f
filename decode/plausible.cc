#include "decode/plausible.h"

#include "decode/ether_type.h"
#include "decode/ethernet.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"
#include "decode/llc.h"

namespace tapstat::decode {
namespace {

bool is_known(std::uint16_t type) {
  switch (type) {
    case ether_type::kArp:
    case ether_type::kRarp:
    case ether_type::kMplsUnicast:
    case ether_type::kMplsMulticast:
    case ether_type::kPppoeDiscovery:
    case ether_type::kPppoeSession:
      return true;
    default:
      return ether_type::is_vlan(type);
  }
}

}  // namespace

bool plausible_ip(const Cursor& at) {
  return Ipv4View::parse(at.bytes) || Ipv6View::parse(at.bytes);
}

bool plausible_whole_ip(const Cursor& at) {
  if (const auto v4 = Ipv4View::parse(at.bytes)) return v4->total_len() <= at.wire_len;
  const auto v6 = Ipv6View::parse(at.bytes);
  return v6 && Ipv6View::kLen + v6->payload_len() <= at.wire_len;
}

bool plausible_ethernet(const Cursor& at) {
  const auto ethernet = EthernetView::parse(at.bytes);
  if (!ethernet) return false;
  Cursor inner = at;
  inner.skip(EthernetView::kLen);
  const std::uint16_t type = ethernet->type();
  if (type == ether_type::kIpv4 || type == ether_type::kIpv6) return plausible_ip(inner);
  if (type <= ether_type::kMax8023Length) return type >= LlcView::kLen && type <= inner.wire_len;
  return is_known(type);
}

}  // namespace tapstat::decode
