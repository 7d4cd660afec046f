#include "report/query/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tapstat::report::query {
namespace {

constexpr std::array<std::string_view, 2> kEnds = {"client", "server"};

[[nodiscard]] std::optional<Field> find_in(std::span<const Field> fields, std::string_view path) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.path == path; });
  return found == fields.end() ? std::nullopt : std::optional{*found};
}

constexpr std::string_view kAge = "age";

// Since when a record's age counts: the beginning of a state, what happened at one instant, or the
// last sign of what lasted.
[[nodiscard]] std::optional<Field> origin_of_age(std::span<const Field> fields) {
  for (const std::string_view path : {"since", "t", "last"}) {
    if (const auto field = find_in(fields, path)) return field;
  }
  return std::nullopt;
}

[[nodiscard]] std::optional<Field> find_or_age(std::span<const Field> fields, std::string_view path,
                                               bool& is_age) {
  is_age = path == kAge;
  return is_age ? origin_of_age(fields) : find_in(fields, path);
}

// The edits (a letter more, less or other, or two swapped) from one to the other.
[[nodiscard]] std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    rows[i][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      rows[i][j] =
          std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (same ? 0u : 1u)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.size()][b.size()];
}

[[nodiscard]] std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

}  // namespace

std::vector<Column> columns_of(RecordType type) {
  const RecordFields& record = fields_of(type);
  std::vector<Column> columns;
  for (const Field& field : record.fields) {
    columns.push_back({std::string{field.path}, field.zero_where_absent});
  }
  for (const std::string_view end : kEnds) {
    for (const Field& field : record.end_fields) {
      columns.push_back({fmt::format("{}.{}", end, field.path), field.zero_where_absent});
    }
  }
  return columns;
}

std::vector<std::string> paths_of(RecordType type) {
  const RecordFields& record = fields_of(type);
  std::vector<std::string> paths;
  for (Column& column : columns_of(type)) paths.push_back(std::move(column.path));
  if (record.end_fields.empty() && origin_of_age(record.fields)) paths.emplace_back(kAge);
  if (!origin_of_age(record.end_fields)) return paths;
  for (const std::string_view end : kEnds) paths.push_back(fmt::format("{}.{}", end, kAge));
  return paths;
}

std::optional<FieldName> find_field(RecordType type, std::string_view path) {
  const RecordFields& record = fields_of(type);
  bool is_age = false;
  for (const std::string_view end : kEnds) {
    if (record.end_fields.empty() || !path.starts_with(end)) continue;
    if (path.size() <= end.size() || path[end.size()] != '.') continue;
    const auto field = find_or_age(record.end_fields, path.substr(end.size() + 1), is_age);
    if (field) return FieldName{std::string{path}, *field, false, is_age, end};
  }
  // An end's age tells more than its record's.
  if (const auto field = find_in(record.fields, path))
    return FieldName{std::string{path}, *field, false, false, {}};
  if (const auto field = find_or_age(record.end_fields, path, is_age)) {
    return FieldName{std::string{path}, *field, true, is_age, {}};
  }
  if (const auto field = find_or_age(record.fields, path, is_age)) {
    return FieldName{std::string{path}, *field, false, is_age, {}};
  }
  return std::nullopt;
}

std::string unknown_field_text(RecordType type, std::string_view path) {
  const std::vector<std::string> paths = paths_of(type);
  std::vector<std::string_view> candidates;
  for (const Field& field : fields_of(type).end_fields) candidates.push_back(field.path);
  candidates.insert(candidates.end(), paths.begin(), paths.end());
  const std::string group = std::string{path} + '.';
  const auto member = std::find_if(candidates.begin(), candidates.end(),
                                   [&](std::string_view p) { return p.starts_with(group); });
  if (member != candidates.end()) {
    return fmt::format("a group of fields; name one of them, such as {}", *member);
  }
  const auto by_last_part =
      std::find_if(candidates.begin(), candidates.end(),
                   [&](std::string_view p) { return p != path && last_part(p) == path; });
  const std::string_view meant =
      by_last_part != candidates.end() ? *by_last_part : nearest(path, candidates);
  return meant.empty() ? "unknown field" : fmt::format("unknown field; did you mean {}?", meant);
}

std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates) {
  constexpr std::size_t kShort = 5;     // of a short word, a slip is one letter
  constexpr std::size_t kLongest = 64;  // what is longer is no slip of the finger
  if (text.size() < 3 || text.size() > kLongest) return {};
  std::string_view best;
  std::size_t least = text.size() <= kShort ? 2 : std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t d = distance(text, candidate);
    if (d >= least) continue;
    least = d;
    best = candidate;
  }
  return best;
}

}  // namespace tapstat::report::query
