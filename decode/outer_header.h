// What stands outermost in a frame, whatever its content is: the addresses that a switch on that
// wire goes by, the VLAN tags before the first other header, and the IP header right after them.
#pragma once

#include <optional>

#include "capture/frame.h"
#include "decode/mac_address.h"
#include "decode/segment.h"

namespace tapstat::decode {

// Plain data; the pointers are into the frame.
struct OuterHeader {
  MacAddress source{};
  std::optional<MacAddress> destination{};  // nullopt where the link's header has none
  VlanStack vlans{};
  std::uint8_t ip_version = 0;           // 0: no IP header there, or none that can be read
  std::uint8_t ttl = 0;                  // or hop limit
  const std::uint8_t* ip_src = nullptr;  // 4 or 16 bytes, as ip_version says
  const std::uint8_t* ip_dst = nullptr;
};

// nullopt for frames without addresses of 48 bits, and for those that are cut before they end. Of
// Linux cooked captures there is a source only, of 802.11 what data and management frames have. Not
// of FDDI: some captures have its addresses' bits reversed, and nothing tells which.
[[nodiscard]] std::optional<OuterHeader> outer_header(const capture::Frame& frame);

}  // namespace tapstat::decode
