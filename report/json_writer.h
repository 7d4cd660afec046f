// One JSON object a line, written as it is described, without a tree in memory.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include "capture/frame.h"

namespace tapstat::report {

// A tree (nlohmann::json) would hold times as doubles, which cannot carry an epoch time's
// nanoseconds, and prints them without a fixed number of decimals. Strings from outside go through
// nlohmann's serializer, so that every line is valid UTF-8.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& begin_object(std::string_view key) { return name(key).open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array(std::string_view key) { return name(key).open('['); }
  JsonWriter& end_array() { return close(']'); }

  // A member of an object. A field whose value is unknown is left out: optionals may be empty.
  template <typename T>
  JsonWriter& field(std::string_view key, const T& value) {
    return name(key).element(value);
  }
  template <typename T>
  JsonWriter& field(std::string_view key, const std::optional<T>& value) {
    return value ? field(key, *value) : *this;
  }

  // An element of an array, or a member's value.
  template <std::integral T>
  JsonWriter& element(T value) {
    comma();
    const fmt::format_int digits(value);
    buffer_.append(digits.data(), digits.data() + digits.size());
    return *this;
  }
  JsonWriter& element(bool value);
  JsonWriter& element(std::string_view text);
  JsonWriter& element(const char* text) { return element(std::string_view{text}); }
  JsonWriter& element(capture::Timestamp t);        // seconds since the epoch, nine decimals
  JsonWriter& element(std::chrono::nanoseconds d);  // seconds, nine decimals

  // What was written so far with a line end; the writer is empty afterwards.
  [[nodiscard]] std::string_view finish_line();
  void clear() { buffer_.clear(); }

 private:
  JsonWriter& name(std::string_view key);
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void comma();

  fmt::memory_buffer buffer_;
  bool needs_comma_ = false;
};

}  // namespace tapstat::report
