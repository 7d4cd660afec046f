#include "app/streaming.h"

#include "report/records.h"

namespace tapstat::app {

void Streaming::take(report::Report report, std::span<const std::uint32_t> ids,
                     capture::Timestamp now) {
  query_.apply_to(report, now);
  const auto connections = report.model.tcp.connections();
  for (const std::uint32_t id : ids) {
    const analysis::tcp::Connection c = connections[id];
    if (!report.keeps(c)) continue;
    stream_.print(report, c);
    query_.take([&](report::RecordWriter& json) { write_tcp(report, c, json); });
  }
}

}  // namespace tapstat::app
