// What a spanning tree and its parts are called, in every view.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/spanning_tree/instance.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// "stp", "rstp", "mstp", "pvst+" or "rapid-pvst+".
[[nodiscard]] std::string_view protocol_name(const analysis::spanning_tree::Instance& instance);
// "VLAN 10", "MSTI 2 of region 'office'", or empty for the one tree that there is.
[[nodiscard]] std::string tree_name(const analysis::spanning_tree::InstanceKey& key);
// The bridge, or the address of the port.
[[nodiscard]] std::string signaller_text(const analysis::spanning_tree::Signaller& by);
// The path of the input, and of one with several interfaces which of them: "all.pcapng eth1".
[[nodiscard]] std::string point_name(const Report& report,
                                     const analysis::spanning_tree::CapturePoint& point);
// The members `input` and, of one with several, `interface`.
void write_point(const Report& report, const analysis::spanning_tree::CapturePoint& point,
                 RecordWriter& json);

}  // namespace tapstat::report
