// A record writer that keeps only the values of the fields that expressions ask for: no text, no
// tree, and, once its buffers have grown, no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

#include "report/query/value.h"
#include "report/record_writer.h"

namespace tapstat::report::query {

class FieldCollector final : public RecordWriter {
 public:
  FieldCollector();

  // Asks for a field, by its path; the same number for the same path. Of lists, and of fields of
  // the objects in a list, there is a value for each element.
  [[nodiscard]] std::uint16_t ask_for(std::string_view path, FieldType type);

  // Forgets the record that was written last, before the next one is.
  void clear();

  // What the record has of a field: nothing where it is unknown. Valid until clear().
  [[nodiscard]] std::span<const Value> values(std::uint16_t field) const {
    return fields_[field].values;
  }

  [[nodiscard]] bool wants(std::string_view key) const override {
    return skipped_ == 0 && find(key) != kNone;
  }

 private:
  static constexpr std::uint16_t kNone = 0xffffu;

  // A part of a path; children are those that are asked for.
  struct Node {
    std::string key;
    std::uint16_t field = kNone;
    std::vector<std::uint16_t> children{};
  };
  struct AskedField {
    FieldType type;
    std::vector<Value> values{};
  };

  void open_object(std::string_view key) override { open(key); }
  void close_object() override { close(); }
  void open_array(std::string_view key) override { open(key); }
  void close_array() override { close(); }
  void put(std::string_view key, std::uint64_t value) override;
  void put(std::string_view key, std::int64_t value) override;
  void put(std::string_view key, double value) override { keep(key, value); }
  void put(std::string_view key, bool value) override { keep(key, value); }
  void put(std::string_view key, std::string_view text) override;
  void put(std::string_view key, capture::Timestamp t) override { keep(key, t); }
  void put(std::string_view key, std::chrono::nanoseconds d) override { keep(key, d); }
  void put(std::string_view key, const analysis::IpAddress& address) override {
    keep(key, address);
  }
  void put(std::string_view key, const MacAddress& mac) override { keep(key, mac); }

  void open(std::string_view key);
  void close();
  // The node of a member of the object in hand, or of an element of the list; kNone: unasked for.
  [[nodiscard]] std::uint16_t find(std::string_view key) const;
  [[nodiscard]] AskedField* asked(std::string_view key);
  void keep(std::string_view key, const Value& value);

  std::vector<Node> nodes_;  // the record itself is the first
  std::vector<AskedField> fields_;
  std::vector<std::uint16_t> open_;  // nodes around what is written next
  std::uint32_t skipped_ = 0;        // how deep inside of what nobody asked for
  std::array<std::byte, 2048> room_{};
  std::pmr::monotonic_buffer_resource texts_;
};

}  // namespace tapstat::report::query
