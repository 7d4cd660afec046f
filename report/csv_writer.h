// One line of comma-separated values a record (RFC 4180, with line feeds), for spreadsheets.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "report/query/fields.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// The columns are the fields that --where may name, whatever the records have: a cell is empty
// where a field is unknown (zero for counters of a kind that did not occur), and has the elements
// of a list with spaces between. Numbers, times and addresses are written as in JSON.
class CsvWriter final : public RecordWriter {
 public:
  explicit CsvWriter(RecordType type);

  // With a line end.
  [[nodiscard]] std::string header() const;
  // The record that was written last; the writer is empty afterwards.
  [[nodiscard]] std::string finish_line();

  [[nodiscard]] bool wants(std::string_view /*key*/) const override { return true; }

 private:
  void open_object(std::string_view key) override { open(key); }
  void close_object() override { close(); }
  void open_array(std::string_view key) override { open(key); }
  void close_array() override { close(); }
  void put(std::string_view key, std::uint64_t value) override;
  void put(std::string_view key, std::int64_t value) override;
  void put(std::string_view key, double value) override;  // six decimals
  void put(std::string_view key, bool value) override;
  void put(std::string_view key, std::string_view text) override;
  // Seconds since the epoch, and seconds: nine decimals.
  void put(std::string_view key, capture::Timestamp t) override;
  void put(std::string_view key, std::chrono::nanoseconds d) override;
  void put(std::string_view key, const analysis::IpAddress& address) override;
  void put(std::string_view key, const MacAddress& mac) override;

  void open(std::string_view key);
  void close();
  void append(std::string_view key, std::string_view value);

  std::vector<query::Column> columns_;
  std::map<std::string, std::size_t, std::less<>> by_path_;
  std::vector<std::string> cells_;
  std::string path_;                  // of what is open
  std::vector<std::size_t> parents_;  // how long it was before each
};

}  // namespace tapstat::report
