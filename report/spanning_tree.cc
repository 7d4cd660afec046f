#include "report/spanning_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/spanning_tree/spanning_trees.h"
#include "report/bridge_text.h"
#include "report/cells.h"
#include "report/port_text.h"
#include "report/table.h"
#include "report/time_text.h"
#include "report/tree_drawing.h"
#include "report/tree_names.h"
#include "report/tree_record.h"

namespace tapstat::report {
namespace {

using analysis::spanning_tree::BridgeView;
using analysis::spanning_tree::Episode;
using analysis::spanning_tree::Instance;
using analysis::spanning_tree::kPortRoleNames;
using analysis::spanning_tree::kPortStateNames;
using analysis::spanning_tree::Message;
using analysis::spanning_tree::PortState;
using analysis::spanning_tree::PortView;
using analysis::spanning_tree::RootChange;
using analysis::spanning_tree::RootHistory;
using analysis::spanning_tree::SegmentView;
using analysis::spanning_tree::Topology;
using analysis::spanning_tree::TopologyChanges;
using analysis::spanning_tree::TreeTimers;

constexpr std::string_view kIndent = "  ";

[[nodiscard]] std::string heading(const Instance& instance) {
  const std::string name = tree_name(instance.key());
  return name.empty() ? fmt::format("Spanning tree ({})", protocol_name(instance))
                      : fmt::format("Spanning tree {} ({})", name, protocol_name(instance));
}

void print_root(const Report& report, const Instance& instance, Output& out) {
  out.write(heading(instance) + '\n');
  const auto root = instance.roots().root();
  if (!root) return out.write("  no bridge has said yet which one the root is\n");
  const TreeTimers& timers = instance.timers();
  out.write(fmt::format("  Root {} since {}; hello {}, max age {}, forward delay {}\n",
                        bridge_text(*root), time_of_day(instance.roots().since(), report.zone),
                        duration_text(timers.hello_time), duration_text(timers.max_age),
                        duration_text(timers.forward_delay)));
}

[[nodiscard]] Cell state_cell_of(const std::optional<PortState>& state) {
  if (!state) return std::string{};
  return {std::string{kPortStateNames[static_cast<std::size_t>(*state)]},
          *state == PortState::discarding ? Role::notable : Role::plain};
}

void print_segments(const Report& report, const Topology& tree, Output& out) {
  Table table({{"Segment"},
               {"Designated bridge"},
               {"Port"},
               {"Root cost", Align::right},
               {"State"},
               {"Message age", Align::right},
               {"Last heard"},
               {"Claimed too by"}});
  for (const SegmentView& s : tree.segments()) {
    const std::string name = point_name(report, s.segment->point());
    if (s.designated == nullptr) {
      table.add({name,
                 {"-", Role::quiet},
                 std::string{},
                 std::string{},
                 std::string{},
                 std::string{},
                 time_of_day(s.segment->last_heard().time, report.zone),
                 std::string{}});
      continue;
    }
    const Message& m = s.designated->message;
    table.add(
        {name,
         bridge_text(m.vector.bridge),
         port_text(m.vector.port, tree.bridge(m.vector.bridge)),
         std::to_string(root_cost(m.key, m.vector)),
         state_cell_of(s.state),
         duration_text(m.message_age),
         time_of_day(s.designated->last.time, report.zone),
         {s.rival == nullptr ? "" : bridge_text(s.rival->message.vector.bridge), Role::failed}});
  }
  table.print(out, report.color, kIndent);
}

[[nodiscard]] Cell role_cell(const PortView& port) {
  if (port.role) return std::string{kPortRoleNames[static_cast<std::size_t>(*port.role)]};
  if (!port.inferred) return {"?", Role::quiet};
  return fmt::format("{}?", kPortRoleNames[static_cast<std::size_t>(*port.inferred)]);
}

void print_ports(const Report& report, const Topology& tree, Output& out) {
  Table table({{"Bridge"},
               {"Root cost", Align::right},
               {"Port"},
               {"Role"},
               {"State"},
               {"Segment"},
               {"Last heard"}});
  for (const BridgeView& bridge : tree.bridges()) {
    const std::string cost = bridge.is_root     ? "root"
                             : bridge.root_cost ? std::to_string(*bridge.root_cost)
                                                : "";
    if (bridge.ports.empty()) {
      table.add({bridge_text(bridge.bridge->id),
                 cost,
                 std::string{},
                 std::string{},
                 std::string{},
                 {"not heard itself", Role::quiet},
                 time_of_day(bridge.bridge->last.time, report.zone)});
    }
    for (const PortView& port : bridge.ports) {
      table.add({bridge_text(bridge.bridge->id), cost, port_text(port.port->id, &bridge),
                 role_cell(port), state_cell_of(port.state), point_name(report, port.port->point),
                 time_of_day(port.port->last.time, report.zone)});
    }
  }
  table.print(out, report.color, kIndent);
}

void print_root_changes(const Report& report, const RootHistory& roots, Output& out) {
  Table table({{"Root changed"}, {"From"}, {"To"}, {"Why"}, {"Frame", Align::right}});
  bool any = false;
  for (const RootChange& change : roots.changes()) {
    if (report.from && change.when.time < *report.from) continue;
    any = true;
    const bool better = change.reason() == RootChange::Reason::better_id_heard;
    table.add({time_of_day(change.when.time, report.zone), bridge_text(change.from),
               bridge_text(change.to), std::string{better ? "better id heard" : "aged out"},
               std::to_string(change.when.frame)});
  }
  if (any) table.print(out, report.color, kIndent);
  if (roots.left_out() > 0) {
    out.write(fmt::format("  and {} changes of the root more\n", roots.left_out()));
  }
}

void print_episodes(const Report& report, const TopologyChanges& changes, Output& out) {
  Table table({{"Topology change"},
               {"Lasted", Align::right},
               {"First signalled by"},
               {"Signals", Align::right},
               {"Frame", Align::right}});
  bool any = false;
  for (const Episode& e : changes.episodes()) {
    if (report.from && e.last.time < *report.from) continue;
    any = true;
    table.add({time_of_day(e.first.time, report.zone), duration_text(e.last.time - e.first.time),
               signaller_text(e.by), std::to_string(e.signals), std::to_string(e.first.frame)});
  }
  if (any) table.print(out, report.color, kIndent);
  if (changes.left_out() > 0) {
    out.write(fmt::format("  and {} topology changes more\n", changes.left_out()));
  }
}

void print_tree(const Report& report, const Topology& tree, Output& out) {
  const Instance& instance = tree.instance();
  print_root(report, instance, out);
  out.write("\n");
  draw_tree(report, tree, out);
  out.write("\n");
  print_segments(report, tree, out);
  out.write("\n");
  print_ports(report, tree, out);
  if (!instance.roots().changes().empty()) out.write("\n");
  print_root_changes(report, instance.roots(), out);
  if (!instance.changes().episodes().empty()) out.write("\n");
  print_episodes(report, instance.changes(), out);
}

// What the tables lack.
void print_unkept(const Report& report, Output& out) {
  const auto* trees = report.model.layer2.trees;
  if (trees == nullptr) return;
  if (trees->refused() > 0) {
    out.write(fmt::format("\n{} BPDUs were damaged or cut off: tapstat bpdus tells why\n",
                          trees->refused()));
  }
  if (trees->left_out() > 0) {
    out.write(
        fmt::format("\n{} messages of further trees were left out: too many\n", trees->left_out()));
  }
}

// Those that the report's instants leave.
template <typename T, typename TimeOf>
[[nodiscard]] std::size_t count_since(const Report& report, const std::vector<T>& all,
                                      TimeOf&& time_of) {
  if (!report.from) return all.size();
  const auto is_since = [&](const T& one) { return *report.from <= time_of(one); };
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), is_since));
}

}  // namespace

void for_each_tree(const Report& report, const std::function<void(const Topology&)>& f) {
  const auto* trees = report.model.layer2.trees;
  const auto now = report.at ? report.at : report.model.totals.last;
  if (trees == nullptr || !now) return;
  for (const auto& [key, instance] : trees->instances()) {
    const Topology tree(instance, *now);
    const WriteRecord write = [&](RecordWriter& json) { write_tree(report, tree, json); };
    if (report.keeps(RecordType::stp, write)) f(tree);
  }
}

void for_each_tree_record(const Report& report,
                          const std::function<void(const WriteRecord&)>& visit) {
  for_each_tree(report, [&](const Topology& tree) {
    visit([&](RecordWriter& json) { write_tree(report, tree, json); });
  });
}

void print_trees_text(const Report& report, Output& out) {
  bool is_first = true;
  for_each_tree(report, [&](const Topology& tree) {
    if (!is_first) out.write("\n");
    is_first = false;
    print_tree(report, tree, out);
  });
  print_unkept(report, out);
}

void print_trees_section(const Report& report, Output& out) {
  Table table({{"Tree"},
               {"Protocol"},
               {"Root"},
               {"Since"},
               {"Bridges", Align::right},
               {"Segments", Align::right},
               {"Root changes", Align::right},
               {"Topology changes", Align::right}});
  bool any = false;
  for_each_tree(report, [&](const Topology& tree) {
    any = true;
    const Instance& instance = tree.instance();
    const auto root = instance.roots().root();
    const std::string name = tree_name(instance.key());
    table.add({name.empty() ? "common" : name, std::string{protocol_name(instance)},
               root ? bridge_text(*root) : "",
               root ? time_of_day(instance.roots().since(), report.zone) : "",
               std::to_string(tree.bridges().size()), std::to_string(tree.segments().size()),
               std::to_string(count_since(report, instance.roots().changes(),
                                          [](const RootChange& c) { return c.when.time; })),
               std::to_string(count_since(report, instance.changes().episodes(),
                                          [](const Episode& e) { return e.last.time; }))});
  });
  if (!any) return;
  out.write("\nSpanning trees\n");
  table.print(out, report.color, kIndent);
}

}  // namespace tapstat::report
