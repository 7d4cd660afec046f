#include "report/stations.h"

namespace tapstat::report {

void for_each_station_record(const Report& /*report*/,
                         const std::function<void(const WriteRecord&)>& /*visit*/) {}

void print_stations_text(const Report& /*report*/, Output& /*out*/) {}

void print_stations_section(const Report& /*report*/, Output& /*out*/) {}

}  // namespace tapstat::report
