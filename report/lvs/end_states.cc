#include "report/lvs/end_states.h"

#include "decode/ip_protocol.h"

namespace tapstat::report {

std::optional<EndStates> end_states(const Report& report, const analysis::lvs::Path& path) {
  if (path.protocol != decode::ip_protocol::kTcp || !path.record) return std::nullopt;
  const auto connections = report.model.tcp.connections();
  const auto near = connections[*path.record];
  const auto far = connections[path.target.record.value_or(*path.record)];
  return EndStates{.client = report.standing(near, near.client()).state,
                   .server = report.standing(far, far.server()).state};
}

}  // namespace tapstat::report
