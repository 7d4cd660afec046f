#include "report/tree_links.h"

#include <algorithm>

#include "report/tree_names.h"

namespace tapstat::report {
namespace {

using analysis::spanning_tree::BridgeView;
using analysis::spanning_tree::Claim;
using analysis::spanning_tree::PortRole;
using analysis::spanning_tree::PortView;
using analysis::spanning_tree::SegmentView;
using analysis::spanning_tree::Topology;
using analysis::spanning_tree::Vector;

[[nodiscard]] bool is_same(const SegmentView& a, const SegmentView& b) {
  if (a.designated == nullptr || b.designated == nullptr) return false;
  const Vector& v = b.designated->message.vector;
  return a.designated->is_of(v.bridge, v.port);
}

[[nodiscard]] LinkKind kind_of(const SegmentView& segment, const BridgeView& bridge,
                               const PortView& port) {
  const Claim* rival = segment.rival;
  if (rival != nullptr && rival->is_of(bridge.bridge->id, port.port->id)) return LinkKind::rival;
  const auto role = port.role ? port.role : port.inferred;
  if (!role) return LinkKind::unknown;
  switch (*role) {
    case PortRole::designated:
      return LinkKind::designated;
    case PortRole::root:
    case PortRole::master:
      return port.role ? LinkKind::root : LinkKind::inferred_root;
    case PortRole::alternate:
    case PortRole::backup:
      break;
  }
  return port.role ? LinkKind::blocked : LinkKind::inferred_blocked;
}

}  // namespace

const BridgeView* DrawnSegment::designated() const {
  return links.empty() || links.front().kind != LinkKind::designated ? nullptr
                                                                     : links.front().bridge;
}

std::vector<DrawnSegment> drawn_segments(const Report& report, const Topology& tree) {
  std::vector<DrawnSegment> drawn;
  std::vector<std::size_t> drawn_as;  // of each segment
  for (const SegmentView& s : tree.segments()) {
    const auto found = std::find_if(drawn.begin(), drawn.end(),
                                    [&](const DrawnSegment& d) { return is_same(*d.view, s); });
    drawn_as.push_back(static_cast<std::size_t>(found - drawn.begin()));
    const std::string name = point_name(report, s.segment->point());
    if (found == drawn.end()) {
      drawn.push_back({name, &s, {}});
    } else {
      found->name += ", " + name;
    }
  }
  for (const BridgeView& bridge : tree.bridges()) {
    for (const PortView& port : bridge.ports) {
      const SegmentView* on = tree.segment_of(port);
      if (on == nullptr) continue;
      const auto index = static_cast<std::size_t>(on - tree.segments().data());
      DrawnSegment& segment = drawn[drawn_as[index]];
      const Link link{&bridge, &port, kind_of(*on, bridge, port)};
      const auto same = std::find_if(
          segment.links.begin(), segment.links.end(),
          [&](const Link& l) { return l.bridge == &bridge && l.port->port->id == port.port->id; });
      if (same == segment.links.end()) {
        segment.links.push_back(link);
      } else if (link.kind < same->kind) {  // heard at another point, where it says more
        *same = link;
      }
    }
  }
  for (DrawnSegment& d : drawn) {
    std::stable_sort(d.links.begin(), d.links.end(),
                     [](const Link& a, const Link& b) { return a.kind < b.kind; });
  }
  return drawn;
}

}  // namespace tapstat::report
