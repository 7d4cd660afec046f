#include "report/tree_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "report/bridge_text.h"
#include "report/port_text.h"
#include "report/tree_links.h"

namespace tapstat::report {
namespace {

using analysis::spanning_tree::BridgeView;
using analysis::spanning_tree::kPortStateNames;
using analysis::spanning_tree::Topology;

struct Strokes {
  std::string_view branch, last, trunk, blank;
  std::string_view blocked, unknown;
};
constexpr Strokes kBoxes{"├─ ", "└─ ", "│  ", "   ", "╳ ", "╌ "};
constexpr Strokes kPlain{"|- ", "`- ", "|  ", "   ", "x ", "? "};

[[nodiscard]] bool is_blocked(LinkKind kind) {
  return kind == LinkKind::blocked || kind == LinkKind::inferred_blocked;
}

[[nodiscard]] bool leads_to_root(LinkKind kind) {
  return kind == LinkKind::root || kind == LinkKind::inferred_root;
}

[[nodiscard]] std::string_view what_it_is(LinkKind kind) {
  switch (kind) {
    case LinkKind::root:
      return "root port";
    case LinkKind::inferred_root:
      return "root port (inferred)";
    case LinkKind::blocked:
      return "blocked";
    case LinkKind::inferred_blocked:
      return "blocked (inferred)";
    case LinkKind::rival:
      return "claims this segment, too";
    case LinkKind::designated:
      return "designated";
    case LinkKind::unknown:
      break;
  }
  return "silent: root port, blocked or gone";
}

class Drawing {
 public:
  Drawing(const Report& report, const Topology& tree, Output& out)
      : strokes_(report.ascii ? kPlain : kBoxes),
        segments_(drawn_segments(report, tree)),
        tree_(tree),
        out_(out) {}

  // Every bridge once: below the segment that leads it to the root, or at the margin where nobody
  // heard which one that is.
  void draw() {
    for (const BridgeView& bridge : tree_.bridges()) {
      if (bridge.is_root) draw_top(bridge, "root");
    }
    for (const BridgeView& bridge : tree_.bridges()) {
      if (drawn_.contains(&bridge)) continue;
      draw_top(bridge, deeper_.contains(&bridge) ? "below, as told there"
                       : serves_any(bridge)      ? "its root port was not heard"
                                                 : "silent");
    }
    for (const DrawnSegment& s : segments_) {
      if (s.designated() == nullptr) draw_unserved(s);
    }
  }

 private:
  static constexpr int kDeepest = 12;  // what is below is drawn at the margin

  void draw_top(const BridgeView& bridge, std::string_view what) {
    out_.write(
        fmt::format("  {}{}  {}\n", bridge_text(bridge.bridge->id), cost_text(bridge), what));
    draw_served(bridge, "  ");
  }

  [[nodiscard]] static std::string cost_text(const BridgeView& bridge) {
    if (bridge.is_root || !bridge.root_cost) return "";
    return fmt::format("  cost {}", *bridge.root_cost);
  }

  [[nodiscard]] bool serves_any(const BridgeView& bridge) const {
    return std::any_of(segments_.begin(), segments_.end(),
                       [&](const DrawnSegment& s) { return s.designated() == &bridge; });
  }

  // NOLINTNEXTLINE(misc-no-recursion): no deeper than kDeepest.
  void draw_served(const BridgeView& bridge, const std::string& margin) {
    drawn_.insert(&bridge);
    std::vector<const DrawnSegment*> served;
    for (const DrawnSegment& s : segments_) {
      if (s.designated() == &bridge) served.push_back(&s);
    }
    for (const DrawnSegment* s : served) {
      const bool is_last = s == served.back();
      const Link& link = s->links.front();
      out_.write(fmt::format("{}{}{}  {}{}\n", margin, is_last ? strokes_.last : strokes_.branch,
                             port_text(link.port->port->id, &bridge), s->name, state_text(*s)));
      draw_links(*s, 1, margin + std::string{is_last ? strokes_.blank : strokes_.trunk});
    }
  }

  [[nodiscard]] static std::string state_text(const DrawnSegment& s) {
    if (!s.view->state) return "";
    return fmt::format("  {}", kPortStateNames[static_cast<std::size_t>(*s.view->state)]);
  }

  // Those from `first` on.
  // NOLINTNEXTLINE(misc-no-recursion): likewise.
  void draw_links(const DrawnSegment& s, std::size_t first, const std::string& margin) {
    for (std::size_t i = first; i < s.links.size(); ++i) {
      const Link& link = s.links[i];
      const bool is_last = i + 1 == s.links.size();
      const std::string_view stroke = is_last ? strokes_.last : strokes_.branch;
      const std::string_view mark = is_blocked(link.kind)      ? strokes_.blocked
                                    : leads_to_root(link.kind) ? std::string_view{}
                                                               : strokes_.unknown;
      out_.write(fmt::format("{}{}{}{}{}  {}  {}\n", margin, stroke, mark,
                             bridge_text(link.bridge->bridge->id), cost_text(*link.bridge),
                             port_text(link.port->port->id, link.bridge), what_it_is(link.kind)));
      if (!leads_to_root(link.kind) || drawn_.contains(link.bridge)) continue;
      if (depth_ == kDeepest) {
        deeper_.insert(link.bridge);
        continue;
      }
      ++depth_;
      draw_served(*link.bridge, margin + std::string{is_last ? strokes_.blank : strokes_.trunk});
      --depth_;
    }
  }

  void draw_unserved(const DrawnSegment& s) {
    out_.write(fmt::format("  {}  nothing is heard here any more\n", s.name));
    draw_links(s, 0, "  ");
  }

  const Strokes& strokes_;
  std::vector<DrawnSegment> segments_;
  const Topology& tree_;
  Output& out_;
  std::set<const BridgeView*> drawn_, deeper_;
  int depth_ = 0;
};

}  // namespace

void draw_tree(const Report& report, const Topology& tree, Output& out) {
  Drawing(report, tree, out).draw();
}

}  // namespace tapstat::report
