// Community ID flow hashing, version 1 (https://github.com/corelight/community-id-spec).
#pragma once

#include <cstdint>
#include <string>

#include "analysis/flow_key.h"

namespace tapstat::report {

// "1:" and the base64 of a SHA-1; the same for both directions. `key` is ordered as the
// specification wants it: lower address, then lower port, first.
[[nodiscard]] std::string community_id(const analysis::FlowKey& key, std::uint8_t ip_protocol,
                                       std::uint16_t seed = 0);

}  // namespace tapstat::report
