#include "tests/support/json.h"

#include <algorithm>
#include <cstddef>
#include <ostream>

namespace nlohmann {

void PrintTo(const json& value, std::ostream* out) { *out << value; }

}  // namespace nlohmann

namespace tapstat::test {

nlohmann::json parse_json(std::string_view text) { return nlohmann::json::parse(text); }

std::vector<nlohmann::json> parse_records(std::string_view lines) {
  std::vector<nlohmann::json> records;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    records.push_back(parse_json(lines.substr(0, end)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return records;
}

}  // namespace tapstat::test
