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
    connections_.print(report, c);
    query_.take([&](report::RecordWriter& json) { write_tcp(report, c, json); });
  }
}

// What --expect asks is asked of what is left at the end: nothing of it is forgotten.
void Streaming::take(report::Report report, std::span<const analysis::tcp::JournalChange> changes,
                     capture::Timestamp now) {
  query_.apply_to(report, now);
  transitions_.tell(report, changes, now);
}

void Streaming::finish(const report::Report& report) {
  view_ == report::View::tcp ? connections_.finish(report) : transitions_.finish(report);
}

}  // namespace tapstat::app
