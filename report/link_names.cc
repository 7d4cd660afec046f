#include "report/link_names.h"

#include <fmt/format.h>

#include <array>

namespace tapstat::report {

std::string link_type_name(capture::LinkType link) {
  using capture::LinkType;
  switch (link) {
    case LinkType::null:
      return "NULL";
    case LinkType::ethernet:
      return "EN10MB";
    case LinkType::ppp:
      return "PPP";
    case LinkType::ppp_hdlc:
      return "PPP_SERIAL";
    case LinkType::pppoe:
      return "PPP_ETHER";
    case LinkType::raw_bsd_12:
    case LinkType::raw_bsd_14:
    case LinkType::raw:
      return "RAW";
    case LinkType::c_hdlc:
      return "C_HDLC";
    case LinkType::ieee802_11:
      return "IEEE802_11";
    case LinkType::loop:
      return "LOOP";
    case LinkType::linux_sll:
      return "LINUX_SLL";
    case LinkType::ieee802_11_radiotap:
      return "IEEE802_11_RADIO";
    case LinkType::ipv4:
      return "IPV4";
    case LinkType::ipv6:
      return "IPV6";
    case LinkType::linux_sll2:
      return "LINUX_SLL2";
    default:
      return fmt::format("LINKTYPE_{}", static_cast<unsigned>(link));
  }
}

std::string_view tunnel_kind_name(decode::TunnelKind kind) {
  static constexpr std::array<std::string_view, 15> kNames = {
      "ipip", "6in4", "4in6", "6in6",   "gre",  "erspan", "vxlan", "geneve",
      "gue",  "gtpu", "l2tp", "teredo", "mpls", "pppoe",  "other",
  };
  static_assert(kNames.size() == static_cast<std::size_t>(decode::TunnelKind::other) + 1);
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace tapstat::report
