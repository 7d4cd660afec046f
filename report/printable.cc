#include "report/printable.h"

#include <algorithm>

namespace tapstat::report {
namespace {

// By the first byte; 0: none begins with it.
[[nodiscard]] std::size_t length_by(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

}  // namespace

Utf8Character first_character(std::string_view text) {
  const std::size_t len = text.empty() ? 0 : length_by(static_cast<unsigned char>(text[0]));
  if (len == 0 || text.size() < len) return {};
  constexpr unsigned kOfLead = 0xff;
  char32_t code = static_cast<unsigned char>(text[0]);
  if (len > 1) code &= kOfLead >> (len + 1);
  for (const char c : text.substr(1, len - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0u) != 0x80u) return {};
    code = code << 6 | (byte & 0x3fu);
  }
  const bool is_overlong = (len == 3 && code < 0x800) || (len == 4 && code < 0x10000);
  const bool is_none = (0xd800 <= code && code < 0xe000) || code > 0x10ffff;
  return is_overlong || is_none ? Utf8Character{} : Utf8Character{code, len};
}

bool drives_a_terminal(char32_t code) {
  return code < 0x20 || (0x7f <= code && code < 0xa0) || (0x202a <= code && code <= 0x202e) ||
         (0x2066 <= code && code <= 0x2069);
}

std::string printable(std::string_view text, std::string_view kept) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Character c = first_character(text);
    const bool is_kept = kept.find(text.front()) != std::string_view::npos;
    const bool is_fit = is_kept || (c.len > 0 && !drives_a_terminal(c.code));
    const std::size_t len = std::max<std::size_t>(c.len, 1);
    out += is_fit ? text.substr(0, len) : "?";
    text.remove_prefix(len);
  }
  return out;
}

}  // namespace tapstat::report
