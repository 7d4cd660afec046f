#include "report/json_writer.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "report/address_text.h"
#include "report/printable.h"
#include "report/time_text.h"

namespace tapstat::report {
namespace {

// Printable ASCII without the two characters JSON escapes: nearly every string there is.
[[nodiscard]] bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

// What JSON allows as it is and a terminal acts on all the same is escaped, as are quotes: DEL, C1,
// directional formatting. `text` is UTF-8.
void append_escaped(std::string_view text, fmt::memory_buffer& out) {
  while (!text.empty()) {
    const Utf8Character c = first_character(text);
    if (c.code >= 0x7f && drives_a_terminal(c.code)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(c.code));
    } else {
      out.append(text.substr(0, c.len));
    }
    text.remove_prefix(std::max<std::size_t>(c.len, 1));
  }
}

}  // namespace

void JsonWriter::put(std::string_view key, std::uint64_t value) {
  begin(key);
  const fmt::format_int digits(value);
  buffer_.append(digits.data(), digits.data() + digits.size());
}

void JsonWriter::put(std::string_view key, std::int64_t value) {
  begin(key);
  const fmt::format_int digits(value);
  buffer_.append(digits.data(), digits.data() + digits.size());
}

void JsonWriter::put(std::string_view key, double value) {
  begin(key);
  fmt::format_to(std::back_inserter(buffer_), "{:.6f}", value);
}

void JsonWriter::put(std::string_view key, bool value) {
  begin(key);
  buffer_.append(std::string_view{value ? "true" : "false"});
}

void JsonWriter::put(std::string_view key, std::string_view text) {
  begin(key);
  if (is_plain(text)) {
    buffer_.push_back('"');
    buffer_.append(text);
    buffer_.push_back('"');
  } else {
    append_escaped(
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
        buffer_);
  }
}

void JsonWriter::put(std::string_view key, capture::Timestamp t) { put(key, t.time_since_epoch()); }

void JsonWriter::put(std::string_view key, std::chrono::nanoseconds d) {
  begin(key);
  append_seconds(buffer_, d, 9);
}

void JsonWriter::put(std::string_view key, const analysis::IpAddress& address) {
  put(key, std::string_view{address_text(address)});
}

void JsonWriter::put(std::string_view key, const MacAddress& mac) {
  put(key, std::string_view{mac_text(mac)});
}

std::string_view JsonWriter::finish_line() {
  buffer_.push_back('\n');
  needs_comma_ = false;
  return {buffer_.data(), buffer_.size()};
}

void JsonWriter::begin(std::string_view key) {
  if (needs_comma_) buffer_.push_back(',');
  needs_comma_ = true;
  if (key.empty()) return;
  buffer_.push_back('"');
  buffer_.append(key);
  buffer_.append(std::string_view{"\":"});
}

void JsonWriter::open(std::string_view key, char bracket) {
  begin(key);
  buffer_.push_back(bracket);
  needs_comma_ = false;
}

void JsonWriter::close(char bracket) {
  buffer_.push_back(bracket);
  needs_comma_ = true;
}

}  // namespace tapstat::report
