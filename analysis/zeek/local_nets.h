// Which addresses Zeek takes for local when nobody told it its networks.
#pragma once

#include "analysis/ip_address.h"

namespace tapstat::analysis::zeek {

// Site::private_address_space (scripts/base/utils/site.zeek), from IANA's special-purpose address
// registries.
[[nodiscard]] bool is_local(const IpAddress& address);

}  // namespace tapstat::analysis::zeek
