#include "report/kernel_comparison.h"

#include "report/kernel_truth.h"

namespace tapstat::report {

Comparison compare(const Report& report) {
  Comparison comparison;
  for (const analysis::tcp::Connection& c : report.model.tcp.connections()) {
    for (const int i : {0, 1}) {
      const Standing standing = report.standing(c, i);
      comparison.compared += report.kernel->is_comparable(c, i, standing);
      comparison.different += report.kernel->contradiction(c, i, standing).has_value();
    }
  }
  return comparison;
}

}  // namespace tapstat::report
