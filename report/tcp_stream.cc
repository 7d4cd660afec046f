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

}  // namespace

void TcpStream::print(const Report& report, const Connection& c) {
  begin(report);
  if (table_) return table_->print_row(tcp_row(report, c, nullptr), out_, report.color);
  write([&](RecordWriter& json) { write_tcp(report, c, json); });
}

void TcpStream::finish(const Report& report) {
  begin(report);
  report.for_each_connection([&](const Connection& c) { print(report, c); });
  if (format_ == Format::json) {
    write([&](RecordWriter& json) { write_capture(report, json); });
  }
  print_evicted(report, format_, out_);
}

void TcpStream::begin(const Report& report) {
  if (has_begun_) return;
  has_begun_ = true;
  if (format_ == Format::json) {
    Report underway = report;
    underway.is_underway = true;
    return write([&](RecordWriter& json) { write_capture(underway, json); });
  }
  table_ = tcp_table(report);
  table_->measure(usual_row());
  table_->print_header(out_, report.color);
}

void TcpStream::write(const WriteRecord& record) {
  record(json_);
  out_.write(json_.finish_line());
  json_.clear();
}

}  // namespace tapstat::report
