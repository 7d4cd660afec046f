// How services, real servers and paths are named, in records and in text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/lvs/overview.h"
#include "report/report.h"

namespace tapstat::report {

[[nodiscard]] std::string_view mode_name(analysis::lvs::Mode mode);
// As `ipvsadm -Ln` has it under Forward: "Masq", "Route" ...
[[nodiscard]] std::string_view forward_name(analysis::lvs::Mode mode);
[[nodiscard]] std::string_view return_name(analysis::lvs::ReturnPath way);

// Of IPVS' entry, as `ipvsadm -Lnc` has it; nullopt: there is none any more.
[[nodiscard]] std::optional<std::string_view> entry_state(const analysis::lvs::Path& path);

// "TCP": as ipvsadm has it.
[[nodiscard]] std::string protocol_text(std::uint8_t protocol);

// Address and port, or names.
[[nodiscard]] std::string socket_text(const Report& report, const analysis::Socket& socket,
                                      std::uint8_t protocol);
// The real server by what is known of it: address and port, its MAC address, nothing: `unknown`.
[[nodiscard]] std::string target_text(const Report& report,
                                      const std::optional<analysis::Socket>& socket,
                                      const std::optional<MacAddress>& mac, std::uint8_t protocol,
                                      std::string_view unknown);

}  // namespace tapstat::report
