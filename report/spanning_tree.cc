#include "report/spanning_tree.h"

namespace tapstat::report {

void for_each_tree_record(const Report& /*report*/,
                         const std::function<void(const WriteRecord&)>& /*visit*/) {}

void print_trees_text(const Report& /*report*/, Output& /*out*/) {}

void print_trees_dot(const Report& /*report*/, Output& /*out*/) {}

void print_trees_section(const Report& /*report*/, Output& /*out*/) {}

}  // namespace tapstat::report
