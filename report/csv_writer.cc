#include "report/csv_writer.h"

#include <algorithm>

#include "report/address_text.h"
#include "report/printable.h"
#include "report/time_text.h"

namespace tapstat::report {
namespace {

// A spreadsheet takes what begins so for a formula, and runs it (OWASP, CSV Injection): an
// apostrophe before it makes it text.
constexpr std::string_view kFormulaBegins = "=+-@";

[[nodiscard]] std::string harmless(std::string_view text) {
  std::string cell = printable(text);
  if (!cell.empty() && kFormulaBegins.find(cell.front()) != std::string_view::npos) {
    cell.insert(cell.begin(), '\'');
  }
  return cell;
}

// Semicolons are what some spreadsheets separate cells by.
void append_cell(std::string& line, std::string_view cell) {
  if (cell.find_first_of(",;\" ") == std::string_view::npos) {
    line += cell;
    return;
  }
  line += '"';
  for (const char c : cell) line.append(c == '"' ? 2 : 1, c);
  line += '"';
}

[[nodiscard]] std::string line_of(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (!line.empty() || &cell != cells.data()) line += ',';
    append_cell(line, cell);
  }
  line += '\n';
  return line;
}

}  // namespace

CsvWriter::CsvWriter(RecordType type) : columns_(query::columns_of(type)), cells_(columns_.size()) {
  for (std::size_t i = 0; i < columns_.size(); ++i) by_path_.emplace(columns_[i].path, i);
}

std::string CsvWriter::header() const {
  std::vector<std::string> paths;
  for (const query::Column& column : columns_) paths.push_back(column.path);
  return line_of(paths);
}

std::string CsvWriter::finish_line() {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].empty() && columns_[i].zero_where_absent) cells_[i] = "0";
  }
  std::string line = line_of(cells_);
  for (std::string& cell : cells_) cell.clear();
  path_.clear();
  parents_.clear();
  return line;
}

void CsvWriter::put(std::string_view key, std::uint64_t value) {
  append(key, fmt::format_int(value).c_str());
}

void CsvWriter::put(std::string_view key, std::int64_t value) {
  append(key, fmt::format_int(value).c_str());
}

void CsvWriter::put(std::string_view key, double value) {
  append(key, fmt::format("{:.6f}", value));
}

void CsvWriter::put(std::string_view key, bool value) { append(key, value ? "true" : "false"); }

void CsvWriter::put(std::string_view key, std::string_view text) { append(key, harmless(text)); }

void CsvWriter::put(std::string_view key, capture::Timestamp t) { put(key, t.time_since_epoch()); }

void CsvWriter::put(std::string_view key, std::chrono::nanoseconds d) {
  fmt::memory_buffer text;
  append_seconds(text, d, 9);
  append(key, {text.data(), text.size()});
}

void CsvWriter::put(std::string_view key, const analysis::IpAddress& address) {
  append(key, address_text(address));
}

void CsvWriter::put(std::string_view key, const MacAddress& mac) { append(key, mac_text(mac)); }

// Elements of a list, and fields of the objects in one, are of the list's path.
void CsvWriter::open(std::string_view key) {
  parents_.push_back(path_.size());
  if (key.empty()) return;
  path_ += key;
  path_ += '.';
}

void CsvWriter::close() {
  path_.resize(parents_.back());
  parents_.pop_back();
}

void CsvWriter::append(std::string_view key, std::string_view value) {
  const std::size_t parent = path_.size();
  path_ += key;
  // Of a list itself.
  if (key.empty() && !path_.empty()) path_.pop_back();
  const auto column = by_path_.find(path_);
  path_.resize(parent, '.');
  if (column == by_path_.end()) return;
  std::string& cell = cells_[column->second];
  if (!cell.empty()) cell += ' ';
  cell += value;
}

}  // namespace tapstat::report
