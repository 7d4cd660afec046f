// Whether bytes look like a header, where only a port number or a label suggests that they are one.
#pragma once

#include "decode/cursor.h"

namespace tapstat::decode {

// A version, header length and total length that agree with each other. Behind a tunnel header of
// its own that is enough: packets cut inside a tunnel are common.
[[nodiscard]] bool plausible_ip(const Cursor& at);

// The same, and all of it is there: where nothing stands between the port and the packet.
[[nodiscard]] bool plausible_whole_ip(const Cursor& at);

// An Ethernet header with an EtherType the decoders know, or an 802.3 length, that fits what
// follows.
[[nodiscard]] bool plausible_ethernet(const Cursor& at);

}  // namespace tapstat::decode
