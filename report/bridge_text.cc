#include "report/bridge_text.h"

#include <fmt/format.h>

#include "report/address_text.h"

namespace tapstat::report {

std::string bridge_text(decode::BridgeId bridge) {
  return fmt::format("{}/{}/{}", bridge.priority(), bridge.system_id(), mac_text(bridge.mac()));
}

void write_bridge(std::string_view key, decode::BridgeId bridge, RecordWriter& json) {
  json.begin_object(key)
      .field("priority", bridge.priority())
      .field("system_id", bridge.system_id())
      .field("mac", bridge.mac())
      .end_object();
}

}  // namespace tapstat::report
