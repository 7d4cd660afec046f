#include "report/record_stream.h"

#include "report/records.h"

namespace tapstat::report {

void RecordStream::finish(const Report& report) {
  begin(report);
  if (format_ == Format::json) {
    write([&](RecordWriter& json) { write_capture(report, json); });
  }
  print_shortages(report, format_, out_);
}

void RecordStream::begin(const Report& report) {
  if (has_begun_) return;
  has_begun_ = true;
  if (format_ == Format::json) {
    Report underway = report;
    underway.is_underway = true;
    return write([&](RecordWriter& json) { write_capture(underway, json); });
  }
  table_ = make_table_(report);
  table_->print_header(out_, report.color);
}

void RecordStream::write(const WriteRecord& record) {
  record(json_);
  out_.write(json_.finish_line());
  json_.clear();
}

}  // namespace tapstat::report
