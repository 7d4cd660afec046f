#include <fmt/format.h>

#include "report/bridge_text.h"
#include "report/port_text.h"
#include "report/spanning_tree.h"
#include "report/tree_links.h"
#include "report/tree_names.h"

namespace tapstat::report {
namespace {

using analysis::spanning_tree::BridgeView;
using analysis::spanning_tree::Claim;
using analysis::spanning_tree::Instance;
using analysis::spanning_tree::Topology;

// Between quotes, in Graphviz' language.
[[nodiscard]] std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

// Seen solid, inferred dashed, not known dotted; blocked red.
[[nodiscard]] std::string_view style_of(LinkKind kind) {
  switch (kind) {
    case LinkKind::designated:
      return "style=bold";
    case LinkKind::root:
      return "style=solid";
    case LinkKind::inferred_root:
      return "style=dashed";
    case LinkKind::blocked:
      return "style=solid color=red arrowhead=tee";
    case LinkKind::inferred_blocked:
      return "style=dashed color=red arrowhead=tee";
    case LinkKind::rival:
      return "style=bold color=red";
    case LinkKind::unknown:
      break;
  }
  return "style=dotted";
}

void write_tree_dot(const Report& report, const Topology& tree, std::size_t number, Output& out) {
  const Instance& instance = tree.instance();
  const std::string name = tree_name(instance.key());
  out.write(fmt::format(
      "  subgraph cluster_{} {{\n    label={};\n", number,
      quoted(fmt::format("{}{}{}", name, name.empty() ? "" : " ", protocol_name(instance)))));
  for (const BridgeView& b : tree.bridges()) {
    const std::string id = bridge_text(b.bridge->id);
    const std::string cost = b.is_root     ? "root"
                             : b.root_cost ? fmt::format("cost {}", *b.root_cost)
                                           : "cost unknown";
    out.write(fmt::format("    {} [shape=box{} label={}];\n",
                          quoted(fmt::format("{} {}", number, id)), b.is_root ? " penwidth=3" : "",
                          quoted(fmt::format("{}\n{}", id, cost))));
  }
  std::size_t index = 0;
  for (const DrawnSegment& s : drawn_segments(report, tree)) {
    const std::string node = fmt::format("segment_{}_{}", number, index++);
    const Claim* claim = s.view->designated;
    out.write(fmt::format(
        "    {} [shape=ellipse label={}];\n", node,
        quoted(claim == nullptr ? s.name + " (silent)"
                                : fmt::format("{} (cost {})", s.name,
                                              claim->message.vector.external_cost +
                                                  claim->message.vector.internal_cost))));
    for (const Link& link : s.links) {
      const std::string bridge =
          quoted(fmt::format("{} {}", number, bridge_text(link.bridge->bridge->id)));
      const std::string label = quoted(port_text(link.port->port->id, link.bridge));
      const bool is_down = link.kind == LinkKind::designated || link.kind == LinkKind::rival;
      out.write(fmt::format("    {} -> {} [label={} {}{}];\n", is_down ? bridge : node,
                            is_down ? node : bridge, label, style_of(link.kind),
                            link.kind == LinkKind::designated ? " arrowhead=none" : ""));
    }
  }
  out.write("  }\n");
}

}  // namespace

void print_trees_dot(const Report& report, Output& out) {
  out.write("digraph spanning_tree {\n  rankdir=TB;\n");
  std::size_t number = 0;
  for_each_tree(report, [&](const Topology& tree) { write_tree_dot(report, tree, number++, out); });
  out.write("}\n");
}

}  // namespace tapstat::report
