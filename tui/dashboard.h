// The dashboard: what the user is at, moved by keys, and how that looks with a picture. It knows no
// terminal and no packets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tui/keys.h"
#include "tui/picture.h"
#include "tui/screen.h"

namespace tapstat::tui {

class Dashboard {
 public:
  // `ascii`: without any other character.
  explicit Dashboard(bool ascii) : ascii_(ascii) {}

  // What was typed, with that picture on a screen of that size.
  void press(const Key& key, const Picture& picture, Size size);

  // What is to be on a screen of that size next.
  [[nodiscard]] Request request(Size size) const;
  // Nothing new is shown.
  [[nodiscard]] bool is_paused() const { return is_paused_; }
  [[nodiscard]] bool is_leaving() const { return is_leaving_; }

  [[nodiscard]] Screen draw(const Picture& picture, Size size) const;

 private:
  void press_while_typing(const Key& key);
  void press_character(char32_t character, const Picture& picture, Size size);
  void show(View view);
  void step_view(int by);
  void move(int by, const Picture& picture, Size size);
  void move_to(bool end, const Picture& picture, Size size);
  void sort_by_next(const Picture& picture, int by);

  [[nodiscard]] std::uint64_t first_row(const Picture& picture, Size size) const;

  void draw_header(const Header& header, Screen& screen) const;
  void draw_tabs(const Picture& picture, Screen& screen) const;
  void draw_body(const Picture& picture, Screen& screen) const;
  void draw_states(const Picture& picture, Screen& screen) const;
  void draw_help(Screen& screen) const;
  void draw_footer(const Picture& picture, Screen& screen) const;

  bool ascii_;
  View view_ = View::connections;
  View before_help_ = View::connections;
  std::optional<RowId> selected_;
  std::uint64_t first_ = 0;
  std::size_t sorted_ = 0;
  bool is_descending_ = false;
  std::string filter_, typed_;
  bool is_typing_ = false;  // a filter
  bool is_paused_ = false;
  bool is_leaving_ = false;
};

}  // namespace tapstat::tui
