#include "report/nat.h"

#include "analysis/nat/translation.h"

namespace tapstat::report {

void print_nat_text(const Report& report, Output& out) {
  (void)report;
  (void)out;
}

void for_each_nat_record(const Report& report,
                         const std::function<void(const WriteRecord&)>& visit) {
  (void)report;
  (void)visit;
}

}  // namespace tapstat::report
