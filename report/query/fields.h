// The fields of each record, known beforehand, so that a misspelt one is an error and no empty
// result. The one table of them; docs/json.md says what they mean.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/query/value.h"
#include "report/report.h"

namespace tapstat::report::query {

struct Field {
  std::string_view path;  // "handshake.client_rtt"
  FieldType type;
  std::span<const std::string_view> names = {};  // all that a FieldType::name can be
  // Of counters by kind: those of a kind that did not occur are not written, and are zero.
  bool zero_where_absent = false;
};

// Fields of the record itself, and, below "client." and "server.", those of each of its ends.
struct RecordFields {
  std::string_view record;  // its "type"
  std::span<const Field> fields;
  std::span<const Field> end_fields;
};

[[nodiscard]] const RecordFields& fields_of(RecordType type);

// A field of the record itself, or of one of its ends: "client.port".
struct Column {
  std::string path;
  bool zero_where_absent = false;
};
[[nodiscard]] std::vector<Column> columns_of(RecordType type);

// All paths an expression may name, but for those of an end without "client." or "server.".
[[nodiscard]] std::vector<std::string> paths_of(RecordType type);

// A field as an expression names it.
struct FieldName {
  std::string text;  // as it was named
  Field field;
  bool of_either_end = false;  // named bare: "state" for "client.state" or "server.state"
  // "age": the time since `field`, which is a time, up to the instant that is shown.
  bool is_age = false;
  std::string_view end;  // "client" or "server" where so named; else empty
};

[[nodiscard]] std::optional<FieldName> find_field(RecordType type, std::string_view path);

// What to say of a path that names no field: what may have been meant, or what it is instead.
[[nodiscard]] std::string unknown_field_text(RecordType type, std::string_view path);

// That of `candidates` which `text` most likely was to be; empty where none is near.
[[nodiscard]] std::string_view nearest(std::string_view text,
                                       std::span<const std::string_view> candidates);

}  // namespace tapstat::report::query
