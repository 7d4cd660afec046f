#include "report/neighbors.h"

namespace tapstat::report {

void for_each_neighbor_record(const Report& /*report*/,
                         const std::function<void(const WriteRecord&)>& /*visit*/) {}

void print_neighbors_text(const Report& /*report*/, Output& /*out*/) {}

void print_neighbors_section(const Report& /*report*/, Output& /*out*/) {}

}  // namespace tapstat::report
