#include "tests/hostile/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace tapstat::test {
namespace {

// The first character, strictly by RFC 3629 section 4, and how many bytes it takes; nullopt: none.
struct Character {
  char32_t code = 0;
  std::size_t len = 0;
};
[[nodiscard]] std::optional<Character> first_character(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return Character{lead, 1};
  const std::size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return std::nullopt;
  char32_t code = lead & (0xffu >> (len + 1));
  for (std::size_t i = 1; i < len; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return std::nullopt;
    code = code << 6 | (byte(i) & 0x3fu);
  }
  const bool is_overlong = (len == 3 && code < 0x800) || (len == 4 && code < 0x10000);
  const bool is_none = (0xd800 <= code && code < 0xe000) || code > 0x10ffff;
  if (is_overlong || is_none) return std::nullopt;
  return Character{code, len};
}

// Those of a terminal's control functions (C0, DEL, C1), and those that turn the order of what
// follows (Unicode's explicit directional formatting).
[[nodiscard]] bool drives_a_terminal(char32_t code) {
  return code < 0x20 || (0x7f <= code && code < 0xa0) || (0x202a <= code && code <= 0x202e) ||
         (0x2066 <= code && code <= 0x2069);
}

// Bytes of a colour's sequence that `text` begins with; 0: it does not.
[[nodiscard]] std::size_t sgr_len(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

[[nodiscard]] std::string around(std::string_view text, std::size_t at) {
  std::string shown;
  for (const char c : text.substr(at < 40 ? 0 : at - 40, 80)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte >= 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return shown;
}

template <typename F>
[[nodiscard]] std::optional<std::string> for_each_line(std::string_view text, F&& f) {
  if (!text.empty() && text.back() != '\n') return "the last line has no end";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (auto wrong = f(text.substr(0, end))) return wrong;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

[[nodiscard]] std::optional<std::string> unfit_record(std::string_view line) {
  const auto record = nlohmann::json::parse(line, nullptr, false);
  const bool is_one = record.is_object() && record.contains("type") && record["type"].is_string();
  if (is_one) return std::nullopt;
  return fmt::format("no record: {}", around(line, 0));
}

// Zeek's readers split at tabs, and take what begins with "#" for a header.
[[nodiscard]] std::optional<std::string> unfit_log(std::string_view output) {
  std::optional<std::ptrdiff_t> fields;
  return for_each_line(output, [&](std::string_view line) -> std::optional<std::string> {
    const auto tabs = std::count(line.begin(), line.end(), '\t');
    if (line.starts_with("#fields")) fields = tabs - 1;
    if (line.starts_with('#') || fields == tabs) return std::nullopt;
    return fmt::format("{} fields: {}", tabs + 1, around(line, 0));
  });
}

// As many cells in each line, and none that a spreadsheet would take for a formula.
[[nodiscard]] std::optional<std::string> unfit_rows(std::string_view output) {
  std::optional<std::size_t> columns;
  return for_each_line(output, [&](std::string_view line) -> std::optional<std::string> {
    std::size_t cells = 1;
    bool is_quoted = false, begins = true, is_formula = false;
    for (const char c : line) {
      is_formula = is_formula || (begins && (c == '=' || c == '+' || c == '@'));
      begins = (begins && c == '"') || (c == ',' && !is_quoted);
      if (c == '"') is_quoted = !is_quoted;
      if (c == ',' && !is_quoted) ++cells;
    }
    if (!columns) columns = cells;
    if (!is_quoted && !is_formula && columns == cells) return std::nullopt;
    return fmt::format("{} cells: {}", cells, around(line, 0));
  });
}

// Strings in double quotes, where a backslash takes the next character with it.
[[nodiscard]] std::optional<std::string> unfit_graph(std::string_view output) {
  bool is_quoted = false;
  int depth = 0;
  for (std::size_t i = 0; i < output.size(); ++i) {
    if (is_quoted && output[i] == '\\') {
      ++i;
    } else if (output[i] == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted) {
      depth += output[i] == '{' ? 1 : output[i] == '}' ? -1 : 0;
    }
  }
  if (!is_quoted && depth == 0) return std::nullopt;
  return "a string or a graph has no end";
}

}  // namespace

std::optional<std::string> unfit_text(std::string_view text, const TextManner& manner) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = first_character(text.substr(at));
    if (!character) return fmt::format("no UTF-8: {}", around(text, at));
    const std::size_t sgr = manner.color ? sgr_len(text.substr(at)) : 0;
    const bool is_layout =
        character->code == U'\n' || (manner.tabs && character->code == U'\t') || sgr > 0;
    if (!is_layout && drives_a_terminal(character->code)) {
      return fmt::format("U+{:04X}: {}", static_cast<std::uint32_t>(character->code),
                         around(text, at));
    }
    if (manner.ascii && character->code > 0x7f) {
      return fmt::format("no ASCII: {}", around(text, at));
    }
    at += std::max(sgr, character->len);
  }
  return std::nullopt;
}

std::optional<std::string> unfit_output(std::string_view output, report::Format format,
                                        const TextManner& manner) {
  switch (format) {
    case report::Format::text:
      return unfit_text(output, manner);
    case report::Format::json:
      if (auto wrong = unfit_text(output)) return wrong;
      return for_each_line(output, unfit_record);
    case report::Format::csv:
      if (auto wrong = unfit_text(output)) return wrong;
      return unfit_rows(output);
    case report::Format::zeek:
      if (auto wrong = unfit_text(output, {.tabs = true})) return wrong;
      return unfit_log(output);
    case report::Format::dot:
      if (auto wrong = unfit_text(output)) return wrong;
      return unfit_graph(output);
  }
  return "no such form";
}

}  // namespace tapstat::test
