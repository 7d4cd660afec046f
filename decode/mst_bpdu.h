// What an MST BPDU has behind an RST BPDU, 802.1Q section 14.4.1, in the layouts in use.
#pragma once

#include <optional>

#include "decode/bpdu_body.h"

namespace tapstat::decode {

// nullopt: a bridge takes it as an RST BPDU, and so do we (802.1Q section 14.4, rule d). `body` has
// the 36 octets of one.
[[nodiscard]] tl::expected<std::optional<MstBpdu>, BpduError> parse_mst_part(const BpduBody& body);

}  // namespace tapstat::decode
