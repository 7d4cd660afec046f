// Text that others chose (names on the wire, of files and processes), made fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace tapstat::report {

// As UTF-8 without what drives a terminal: control characters (C0, DEL, C1), and those that turn
// the order of what follows (U+202A to U+202E, U+2066 to U+2069). Each of these, and each byte that
// is no UTF-8 (RFC 3629), becomes "?"; only the characters of `kept`, which are ASCII, stay.
[[nodiscard]] std::string printable(std::string_view text, std::string_view kept = {});

// The first character of `text` and how many bytes it takes; len 0: it begins with none.
struct Utf8Character {
  char32_t code = 0;
  std::size_t len = 0;
};
[[nodiscard]] Utf8Character first_character(std::string_view text);

// Whether a terminal acts on it, instead of showing it.
[[nodiscard]] bool drives_a_terminal(char32_t code);

}  // namespace tapstat::report
