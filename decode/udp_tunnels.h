// Which tunnel a UDP datagram is, if any.
#pragma once

#include <cstdint>

#include "decode/cursor.h"
#include "decode/packet.h"

namespace tapstat::decode {

// IANA service names registry; 8472 is Linux' VXLAN port from before 4789 was given out.
namespace udp_tunnel_port {
inline constexpr std::uint16_t kL2tp = 1701, kGtpu = 2152, kTeredo = 3544, kGre = 4754,
                               kVxlan = 4789, kAyiya = 5072, kGue = 6080, kGeneve = 6081,
                               kLinuxVxlan = 8472;
}  // namespace udp_tunnel_port

// By a port on either side and by what follows: ports alone are also those of ordinary clients. GUE
// may be on any port.
// `payload` begins after the UDP header. Layer::none where it is no tunnel known here.
[[nodiscard]] Layer udp_tunnel(std::uint16_t src_port, std::uint16_t dst_port,
                               const Cursor& payload);

}  // namespace tapstat::decode
