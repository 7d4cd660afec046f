// One JSON object a line, written as it is described, without a tree in memory.
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "report/record_writer.h"

namespace tapstat::report {

// A tree (nlohmann::json) would hold times as doubles, which cannot carry an epoch time's
// nanoseconds, and prints them without a fixed number of decimals. Strings from outside go through
// nlohmann's serializer, so that every line is valid UTF-8.
class JsonWriter final : public RecordWriter {
 public:
  [[nodiscard]] bool wants(std::string_view /*key*/) const override { return true; }

  // What was written so far with a line end; the writer is empty afterwards.
  [[nodiscard]] std::string_view finish_line();
  void clear() { buffer_.clear(); }

 private:
  void open_object(std::string_view key) override { open(key, '{'); }
  void close_object() override { close('}'); }
  void open_array(std::string_view key) override { open(key, '['); }
  void close_array() override { close(']'); }
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

  void begin(std::string_view key);
  void open(std::string_view key, char bracket);
  void close(char bracket);

  fmt::memory_buffer buffer_;
  bool needs_comma_ = false;
};

}  // namespace tapstat::report
