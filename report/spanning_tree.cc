#include "report/spanning_tree.h"

#include "report/tree_record.h"

namespace tapstat::report {

using analysis::spanning_tree::Topology;

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

void print_trees_text(const Report& /*report*/, Output& /*out*/) {}
void print_trees_dot(const Report& /*report*/, Output& /*out*/) {}
void print_trees_section(const Report& /*report*/, Output& /*out*/) {}

}  // namespace tapstat::report
