#include "tui/screen.h"

#include <algorithm>
#include <utility>

namespace tapstat::tui {
namespace {

constexpr char32_t kEllipsis = U'…';
constexpr char32_t kReplacement = U'?';

[[nodiscard]] bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }

// Not the second set of control characters, nor what turns the order of what follows; nor what no
// UTF-8 of so many bytes behind the first is (RFC 3629).
[[nodiscard]] bool is_shown(char32_t glyph, int more) {
  const bool is_overlong = (more == 2 && glyph < 0x800) || (more == 3 && glyph < 0x10000);
  const bool is_none = (0xd800 <= glyph && glyph < 0xe000) || glyph > 0x10ffff;
  const bool turns = (0x202a <= glyph && glyph <= 0x202e) || (0x2066 <= glyph && glyph <= 0x2069);
  return glyph >= 0xa0 && !is_overlong && !is_none && !turns;
}

// Takes the first character off `text`; what is no UTF-8 becomes a question mark, byte by byte.
[[nodiscard]] char32_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (first < 0x80u) return first < 0x20u || first == 0x7fu ? kReplacement : first;
  const int more = first >= 0xf0u ? 3 : first >= 0xe0u ? 2 : first >= 0xc2u ? 1 : 0;
  if (more == 0 || first > 0xf4u || text.size() < static_cast<std::size_t>(more))
    return kReplacement;
  char32_t glyph = first & (0x3fu >> more);
  for (int i = 0; i < more; ++i) {
    if (!continues(text[static_cast<std::size_t>(i)])) return kReplacement;
    glyph = glyph << 6 | (static_cast<unsigned char>(text[static_cast<std::size_t>(i)]) & 0x3fu);
  }
  text.remove_prefix(static_cast<std::size_t>(more));
  return is_shown(glyph, more) ? glyph : kReplacement;
}

void append_utf8(std::string& out, char32_t glyph) {
  const auto byte = [&](char32_t value) { out.push_back(static_cast<char>(value)); };
  if (glyph < 0x80) return byte(glyph);
  if (glyph < 0x800) {
    byte(0xc0 | glyph >> 6);
  } else {
    if (glyph < 0x10000) {
      byte(0xe0 | glyph >> 12);
    } else {
      byte(0xf0 | glyph >> 18);
      byte(0x80 | (glyph >> 12 & 0x3f));
    }
    byte(0x80 | (glyph >> 6 & 0x3f));
  }
  byte(0x80 | (glyph & 0x3f));
}

}  // namespace

Screen::Screen(Size size, bool ascii)
    : size_{std::max(size.rows, 0), std::max(size.columns, 0)},
      ascii_(ascii),
      cells_(static_cast<std::size_t>(size_.rows) * static_cast<std::size_t>(size_.columns)) {}

int Screen::put(int row, int column, std::string_view text, Look look, int most) {
  const int end = std::min(size_.columns, column + std::min(most, size_.columns));
  if (row < 0 || row >= size_.rows || column < 0) return column;
  while (!text.empty() && column < end) {
    char32_t glyph = take_character(text);
    if (ascii_ && glyph >= 0x7f) glyph = kReplacement;
    const bool is_cut = column + 1 == end && !text.empty();
    if (is_cut) glyph = ascii_ ? U'~' : kEllipsis;
    cells_[index(row, column++)] = {glyph, look};
  }
  return column;
}

void Screen::paste(const Screen& other, int row, int column) {
  const int rows = std::min(other.size_.rows, size_.rows - row);
  const int columns = std::min(other.size_.columns, size_.columns - column);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) cells_[index(row + i, column + j)] = other.at(i, j);
  }
}

void Screen::paint(int row, Look look) {
  if (row < 0 || row >= size_.rows) return;
  for (int column = 0; column < size_.columns; ++column) cells_[index(row, column)].look = look;
}

std::string Screen::text() const {
  std::string text;
  for (int row = 0; row < size_.rows; ++row) {
    std::size_t used = text.size();  // to the last that is no space
    for (int column = 0; column < size_.columns; ++column) {
      append_utf8(text, at(row, column).glyph);
      if (at(row, column).glyph != U' ') used = text.size();
    }
    text.resize(used);
    text.push_back('\n');
  }
  return text;
}

int width_of(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

}  // namespace tapstat::tui
