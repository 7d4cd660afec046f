// What a terminal is to show, as a value: drawing makes one, and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapstat::tui {

struct Size {
  int rows = 24;
  int columns = 80;
  friend bool operator==(const Size&, const Size&) = default;
};

// What a text means. Which colours and attributes that gets is the terminal's to know (Theme).
enum class Look : std::uint8_t {
  plain,
  quiet,     // over and done, or not known
  notable,   // worth a look when there are many, or for long
  failed,    // went wrong
  good,      // as it should be
  title,     // of a view
  heading,   // of a column
  sorted,    // the column that rows are sorted by
  key,       // to be pressed
  selected,  // the row that the user is at
};

struct Cell {
  char32_t glyph = U' ';
  Look look = Look::plain;
  friend bool operator==(const Cell&, const Cell&) = default;
};

class Screen {
 public:
  // `ascii`: it has no other character.
  explicit Screen(Size size, bool ascii = false);

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] const Cell& at(int row, int column) const { return cells_[index(row, column)]; }

  // Writes UTF-8 text, one column a character, as far as there is room and no farther than `most`
  // columns; what is cut ends in "…". Control characters, which could be a terminal's, become "?".
  // Returns the column after it. What lies outside is left out.
  int put(int row, int column, std::string_view text, Look look = Look::plain, int most = 1 << 20);
  // Copies another's cells; its upper left corner comes to that place. What lies outside is left
  // out.
  void paste(const Screen& other, int row, int column);
  // Gives all of a row that look; its text stays.
  void paint(int row, Look look);

  // For tests: its rows without the spaces at their ends, each with a newline.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Screen&, const Screen&) = default;

 private:
  [[nodiscard]] std::size_t index(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.columns) +
           static_cast<std::size_t>(column);
  }

  Size size_;
  bool ascii_;
  std::vector<Cell> cells_;  // row by row
};

// The columns that UTF-8 text takes: one a character.
[[nodiscard]] int width_of(std::string_view text);

}  // namespace tapstat::tui
