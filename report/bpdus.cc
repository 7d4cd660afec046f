#include "report/bpdus.h"

namespace tapstat::report {

void for_each_bpdu_record(const Report& /*report*/,
                         const std::function<void(const WriteRecord&)>& /*visit*/) {}

void print_bpdus_text(const Report& /*report*/, Output& /*out*/) {}

}  // namespace tapstat::report
