// Which tunnel a UDP datagram is, if any.
#pragma once

#include <cstdint>

#include "decode/cursor.h"
#include "decode/packet.h"

namespace tapstat::decode {

// By a port on either side and by what follows: ports alone are also those of ordinary clients. GUE
// may be on any port.
// `payload` begins after the UDP header. Layer::none where it is no tunnel known here.
[[nodiscard]] Layer udp_tunnel(std::uint16_t src_port, std::uint16_t dst_port,
                               const Cursor& payload);

}  // namespace tapstat::decode
