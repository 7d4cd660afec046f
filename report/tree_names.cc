#include "report/tree_names.h"

#include <fmt/format.h>

#include <variant>

#include "report/address_text.h"
#include "report/bridge_text.h"
#include "report/printable.h"

namespace tapstat::report {
namespace {

using analysis::spanning_tree::CapturePoint;
using analysis::spanning_tree::InstanceKey;

// Empty where there is only one, or it has no name.
[[nodiscard]] std::string_view interface_name(const capture::InputInfo& input,
                                              const CapturePoint& point) {
  if (input.interfaces.size() < 2 || point.interface >= input.interfaces.size()) return {};
  return input.interfaces[point.interface];
}

[[nodiscard]] bool has_several(const capture::InputInfo& input) {
  return input.interfaces.size() > 1;
}

}  // namespace

std::string_view protocol_name(const analysis::spanning_tree::Instance& instance) {
  const bool is_rapid = instance.version() >= 2;
  switch (instance.key().kind) {
    case InstanceKey::Kind::cisco:
      return is_rapid ? "rapid-pvst+" : "pvst+";
    case InstanceKey::Kind::msti:
      return "mstp";
    case InstanceKey::Kind::common:
      break;
  }
  if (instance.version() >= 3) return "mstp";
  return is_rapid ? "rstp" : "stp";
}

std::string tree_name(const InstanceKey& key) {
  switch (key.kind) {
    case InstanceKey::Kind::cisco:
      return fmt::format("VLAN {}", key.number);
    case InstanceKey::Kind::msti:
      return fmt::format("MSTI {} of region \"{}\"", key.number, printable(key.region.name));
    case InstanceKey::Kind::common:
      break;
  }
  return key.number != 0   ? fmt::format("VLAN {}", key.number)
         : key.tunnel != 0 ? "in a tunnel"
                           : "";
}

std::string signaller_text(const analysis::spanning_tree::Signaller& by) {
  if (const auto* bridge = std::get_if<decode::BridgeId>(&by)) return bridge_text(*bridge);
  const auto& mac = std::get<decode::MacAddress>(by);
  return decode::is_zero(mac) ? "unknown" : mac_text(mac);
}

std::string point_name(const Report& report, const CapturePoint& point) {
  const capture::InputInfo& input = *report.inputs[point.input];
  if (!has_several(input)) return printable(input.path);
  const std::string_view name = interface_name(input, point);
  return name.empty() ? fmt::format("{} interface {}", printable(input.path), point.interface)
                      : fmt::format("{} {}", printable(input.path), printable(name));
}

void write_point(const Report& report, const CapturePoint& point, RecordWriter& json) {
  const capture::InputInfo& input = *report.inputs[point.input];
  json.field("input", std::string_view{input.path});
  if (!has_several(input)) return;
  const std::string_view name = interface_name(input, point);
  if (name.empty()) {
    json.field("interface", std::to_string(point.interface));
  } else {
    json.field("interface", name);
  }
}

}  // namespace tapstat::report
