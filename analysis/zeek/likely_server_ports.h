// Ports that Zeek takes for a server's when the first packet of a connection leaves it open.
#pragma once

#include <cstdint>

namespace tapstat::analysis::zeek {

// likely_server_ports with all scripts of scripts/base loaded, as Zeek does by default.
[[nodiscard]] bool is_likely_tcp_server(std::uint16_t port);
[[nodiscard]] bool is_likely_udp_server(std::uint16_t port);

}  // namespace tapstat::analysis::zeek
