// Names of link types and tunnels, as records and reports print them.
#pragma once

#include <string>
#include <string_view>

#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::report {

// "EN10MB" as tcpdump names it; "LINKTYPE_147" where it has no name.
[[nodiscard]] std::string link_type_name(capture::LinkType link);

[[nodiscard]] std::string_view tunnel_kind_name(decode::TunnelKind kind);

}  // namespace tapstat::report
