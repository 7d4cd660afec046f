// The straight path through one tunnel.
#pragma once

#include "capture/frame.h"
#include "decode/segment.h"
#include "decode/tunnel_table.h"

namespace tapstat::decode {

// Decoder::decode_tunnelled_tcp, with the table that numbers its tunnels.
[[nodiscard]] bool decode_tunnelled_tcp(const capture::Frame& frame, TunnelTable& tunnels,
                                        Segment& out);

}  // namespace tapstat::decode
