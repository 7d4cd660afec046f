// JSON that the program wrote, read back by a JSON library: compiled here once, not in every test.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace nlohmann {
// What GoogleTest shows of a value.
void PrintTo(const json& value, std::ostream* out);
}  // namespace nlohmann

namespace tapstat::test {

// Throws nlohmann::json::parse_error where the text is none.
[[nodiscard]] nlohmann::json parse_json(std::string_view text);

// A record a line.
[[nodiscard]] std::vector<nlohmann::json> parse_records(std::string_view lines);

}  // namespace tapstat::test
