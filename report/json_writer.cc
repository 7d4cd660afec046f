#include "report/json_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/time_text.h"

namespace tapstat::report {
namespace {

// Printable ASCII without the two characters JSON escapes: nearly every string there is.
[[nodiscard]] bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

}  // namespace

JsonWriter& JsonWriter::element(bool value) {
  comma();
  buffer_.append(std::string_view{value ? "true" : "false"});
  return *this;
}

JsonWriter& JsonWriter::element(std::string_view text) {
  comma();
  if (is_plain(text)) {
    buffer_.push_back('"');
    buffer_.append(text);
    buffer_.push_back('"');
  } else {
    buffer_.append(
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return *this;
}

JsonWriter& JsonWriter::element(capture::Timestamp t) { return element(t.time_since_epoch()); }

JsonWriter& JsonWriter::element(std::chrono::nanoseconds d) {
  comma();
  append_seconds(buffer_, d, 9);
  return *this;
}

std::string_view JsonWriter::finish_line() {
  buffer_.push_back('\n');
  needs_comma_ = false;
  return {buffer_.data(), buffer_.size()};
}

JsonWriter& JsonWriter::name(std::string_view key) {
  comma();
  buffer_.push_back('"');
  buffer_.append(key);
  buffer_.append(std::string_view{"\":"});
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  comma();
  buffer_.push_back(bracket);
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  buffer_.push_back(bracket);
  needs_comma_ = true;
  return *this;
}

void JsonWriter::comma() {
  if (needs_comma_) buffer_.push_back(',');
  needs_comma_ = true;
}

}  // namespace tapstat::report
