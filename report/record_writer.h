// A record as it is described, field by field: to be written as JSON, or to be looked at by an
// expression (report/query).
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>

#include "analysis/ip_address.h"
#include "capture/frame.h"
#include "decode/mac_address.h"

namespace tapstat::report {

using decode::MacAddress;

class RecordWriter {
 public:
  RecordWriter() = default;
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;
  virtual ~RecordWriter() = default;

  RecordWriter& begin_object() { return begin_object({}); }
  RecordWriter& begin_object(std::string_view key) {
    open_object(key);
    return *this;
  }
  RecordWriter& end_object() {
    close_object();
    return *this;
  }
  RecordWriter& begin_array(std::string_view key) {
    open_array(key);
    return *this;
  }
  RecordWriter& end_array() {
    close_array();
    return *this;
  }

  // A member of an object. A field whose value is unknown is left out: optionals may be empty.
  template <typename T>
  RecordWriter& field(std::string_view key, const T& value) {
    put(key, plain(value));
    return *this;
  }
  template <typename T>
  RecordWriter& field(std::string_view key, const std::optional<T>& value) {
    return value ? field(key, *value) : *this;
  }

  // An element of an array.
  template <typename T>
  RecordWriter& element(const T& value) {
    return field({}, value);
  }

  // Whether anybody reads that member of the object in hand: what costs much to work out may be
  // left out where nobody does.
  [[nodiscard]] virtual bool wants(std::string_view key) const = 0;

 protected:
  // `key` is empty for an element of an array, and for the record itself.
  virtual void open_object(std::string_view key) = 0;
  virtual void close_object() = 0;
  virtual void open_array(std::string_view key) = 0;
  virtual void close_array() = 0;
  virtual void put(std::string_view key, std::uint64_t value) = 0;
  virtual void put(std::string_view key, std::int64_t value) = 0;
  virtual void put(std::string_view key, double value) = 0;  // finite
  virtual void put(std::string_view key, bool value) = 0;
  virtual void put(std::string_view key, std::string_view text) = 0;
  virtual void put(std::string_view key, capture::Timestamp t) = 0;
  virtual void put(std::string_view key, std::chrono::nanoseconds d) = 0;
  virtual void put(std::string_view key, const analysis::IpAddress& address) = 0;
  virtual void put(std::string_view key, const MacAddress& mac) = 0;

 private:
  template <typename T>
  [[nodiscard]] static auto plain(const T& value) {
    constexpr bool kIsBool = std::same_as<T, bool>;
    if constexpr (std::unsigned_integral<T> && !kIsBool) {
      return std::uint64_t{value};
    } else if constexpr (std::signed_integral<T> && !kIsBool) {
      return std::int64_t{value};
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      return std::string_view{value};
    } else {
      return value;
    }
  }
};

// Describes one record. What it refers to must outlive it.
using WriteRecord = std::function<void(RecordWriter&)>;

}  // namespace tapstat::report
