#include "report/query/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tapstat::report::query {
namespace {

[[nodiscard]] bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u;  // in UTF-8
}

// Columns that it takes on a terminal: one a character.
[[nodiscard]] std::size_t width_of(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

}  // namespace

// C0 and C1 controls become blanks: the second byte of U+0080 to U+009F lies within a character, so
// that whatever begins with 0xc2 and goes on below 0xa0 goes.
std::string printable(std::string_view text) {
  std::string out{text};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto c = static_cast<unsigned char>(out[i]);
    const bool is_c1 =
        c == 0xc2u && i + 1 < out.size() && static_cast<unsigned char>(out[i + 1]) < 0xa0u;
    if (is_c1) out[i + 1] = '?';
    if (c < 0x20 || c == 0x7f || is_c1) out[i] = ' ';
  }
  return out;
}

std::string error_text(const Error& error, std::string_view expression) {
  const std::size_t begin = std::min(error.place.begin, expression.size());
  const std::string_view marked = expression.substr(begin, error.place.size);
  const std::size_t width = std::max<std::size_t>(width_of(marked), 1);
  return fmt::format("{}\n  {}\n  {}^{}", printable(error.message), printable(expression),
                     std::string(width_of(expression.substr(0, begin)), ' '),
                     std::string(width - 1, '~'));
}

}  // namespace tapstat::report::query
