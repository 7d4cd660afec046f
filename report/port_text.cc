#include "report/port_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tapstat::report {
namespace {

using analysis::spanning_tree::Bridge;
using analysis::spanning_tree::BridgeView;
using analysis::spanning_tree::Port;

constexpr unsigned kPriorityBits = 0xf000, kFewBits = 0x0f00;

}  // namespace

// The Linux bridge speaks STP without system ids and is the only one known to count the message age
// in fractions of a second. Of the others only the oldest use the low bits of the priority.
PortLayout port_layout(const Bridge& bridge) {
  if (bridge.is_rapid || bridge.id.system_id() != 0) return PortLayout::four_twelve;
  if (bridge.counts_fractions) return PortLayout::six_ten;
  const bool is_old = std::any_of(bridge.ports.begin(), bridge.ports.end(),
                                  [](const Port& p) { return (p.id & kFewBits) != 0; });
  return is_old ? PortLayout::eight_eight : PortLayout::four_twelve;
}

std::string port_text(std::uint16_t port, PortLayout layout) {
  switch (layout) {
    case PortLayout::eight_eight:
      return fmt::format("{}.{}", port >> 8, port & 0xff);
    case PortLayout::six_ten:
      return fmt::format("{}.{}", (port >> 10) << 2, port & 0x3ff);
    case PortLayout::four_twelve:
      break;
  }
  return fmt::format("{}.{}", (port & kPriorityBits) >> 8, port & 0xfff);
}

std::string port_text(std::uint16_t port, const BridgeView* bridge) {
  return port_text(port,
                   bridge == nullptr ? PortLayout::four_twelve : port_layout(*bridge->bridge));
}

}  // namespace tapstat::report
