#include "report/tcp_stream.h"

#include <vector>

#include "report/records.h"
#include "report/tcp_table.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Connection;

// As wide as the cells of nearly all rows are, of IPv4 at least.
[[nodiscard]] std::vector<Cell> usual_row() {
  return {{"1000000"},         {"192.168.100.100:65535"},
          {"ESTABLISHED?"},    {"192.168.100.100:65535"},
          {"ESTABLISHED?"},    {"1000000"},
          {"999.9 MiB"},       {"999.9 MiB"},
          {"00:00:00.000000"}, {"999.999ms"},
          {"reset-by-server"}};
}

[[nodiscard]] Table usual_table(const Report& report) {
  Table table = tcp_table(report);
  table.measure(usual_row());
  return table;
}

}  // namespace

TcpStream::TcpStream(Format format, Output& out) : stream_(format, out, usual_table) {}

void TcpStream::print(const Report& report, const Connection& c) {
  stream_.print(
      report, [&] { return tcp_row(report, c, nullptr); },
      [&](RecordWriter& json) { write_tcp(report, c, json); });
}

void TcpStream::finish(const Report& report) {
  report.for_each_connection([&](const Connection& c) { print(report, c); });
  stream_.finish(report);
}

}  // namespace tapstat::report
