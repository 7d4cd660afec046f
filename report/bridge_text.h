// A bridge of a spanning tree, as text and as JSON.
#pragma once

#include <string>
#include <string_view>

#include "decode/bpdu.h"
#include "report/record_writer.h"

namespace tapstat::report {

[[nodiscard]] std::string bridge_text(decode::BridgeId bridge);  // "32768/10/00:1c:0e:87:78:00"

// The object `key`, or an element of an array where that is empty.
void write_bridge(std::string_view key, decode::BridgeId bridge, RecordWriter& json);

}  // namespace tapstat::report
