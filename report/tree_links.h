// The segments of a spanning tree with the ports on each: what is drawn, as text or for Graphviz.
#pragma once

#include <string>
#include <vector>

#include "analysis/spanning_tree/topology.h"
#include "report/report.h"

namespace tapstat::report {

enum class LinkKind : std::uint8_t {
  designated,
  root,           // the port said so
  inferred_root,  // it must be, if it is still there
  blocked,        // the port said so
  inferred_blocked,
  rival,    // claims the segment, too
  unknown,  // was heard there once, and says nothing now
};

struct Link {
  const analysis::spanning_tree::BridgeView* bridge = nullptr;
  const analysis::spanning_tree::PortView* port = nullptr;
  LinkKind kind = LinkKind::unknown;
};

struct DrawnSegment {
  std::string name;  // of its capture points
  const analysis::spanning_tree::SegmentView* view = nullptr;
  std::vector<Link> links;  // the designated port first

  [[nodiscard]] const analysis::spanning_tree::BridgeView* designated() const;
};

// Capture points that hear the same designated port are on the same segment.
[[nodiscard]] std::vector<DrawnSegment> drawn_segments(
    const Report& report, const analysis::spanning_tree::Topology& tree);

}  // namespace tapstat::report
