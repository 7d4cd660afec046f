// The dashboard: what the user is at, moved by keys, and how that looks with a picture. It knows no
// terminal and no packets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tui/commands.h"
#include "tui/help.h"
#include "tui/keys.h"
#include "tui/picture.h"
#include "tui/prompt.h"
#include "tui/screen.h"

namespace tapstat::tui {

class Dashboard {
 public:
  // `ascii`: without any other character.
  explicit Dashboard(bool ascii) : ascii_(ascii) {}

  // What was typed, with that picture on a screen of that size.
  void press(const Key& key, const Picture& picture, Size size);

  // There is a new picture. What is told of another time than the last one has other ids: nothing
  // of it is selected or open.
  void notice(const Picture& picture);

  // What is to be on a screen of that size next.
  [[nodiscard]] Request request(Size size) const;
  // What the user wants to happen to a capture that is played, since that was asked last.
  [[nodiscard]] std::vector<Order> take_orders() { return std::exchange(orders_, {}); }
  // Nothing new is shown.
  [[nodiscard]] bool is_paused() const { return is_paused_; }
  [[nodiscard]] bool is_leaving() const { return is_leaving_; }
  // Whether clicks are wanted; without, the terminal selects text as usual.
  [[nodiscard]] bool hears_mouse() const { return hears_mouse_; }

  [[nodiscard]] Screen draw(const Picture& picture, Size size) const;

 private:
  // What is typed at the foot of the screen.
  enum class Typing : std::uint8_t { nothing, filter, command };

  void press_named(Special special, const Picture& picture, Size size);
  void press_while_typing(const Key& key, const Picture& picture);
  void press_character(char32_t character, const Picture& picture, Size size);
  [[nodiscard]] bool press_for_playback(char32_t character, const Picture& picture);
  void click(const Key& key, const Picture& picture, Size size);
  void click_on_tabs(int column, Size size);
  void escape();
  void filter_by(std::string filter);
  [[nodiscard]] bool is_open() const;
  void show(View view);
  void open(std::uint32_t id);
  void step_tab(int by);
  void move(int by, const Picture& picture, Size size);
  void move_row(int by, const Table& table, Size size);
  void move_to(bool end, const Picture& picture, Size size);
  void sort_by(std::size_t column, const Table& table);
  void sort_by_next(const Picture& picture, int by);
  void run(const std::string& command, const Picture& picture);
  void run(const QuitCommand& quit, const Picture& picture);
  void run(const ViewCommand& command, const Picture& picture);
  void run(const FilterCommand& command, const Picture& picture);
  void run(const SortCommand& command, const Picture& picture);
  void run(const OpenCommand& command, const Picture& picture);
  void run(const MouseCommand& command, const Picture& picture);
  void run(const Order& order, const Picture& picture);

  // The line that a scrolled view begins with: of the row that is first, or of its page.
  [[nodiscard]] std::uint64_t first_line(const Picture& picture, Size size) const;
  [[nodiscard]] std::uint64_t lines_of(const Picture& picture, Size size) const;
  [[nodiscard]] std::uint64_t& scrolled() { return scrolled_[static_cast<std::size_t>(view_)]; }
  [[nodiscard]] std::uint64_t scrolled() const {
    return scrolled_[static_cast<std::size_t>(view_)];
  }
  [[nodiscard]] const Page* page_of(const Picture& picture) const;

  void draw_header(const Picture& picture, Screen& screen) const;
  void draw_history(const std::vector<StateRow>& states, int at, Screen& screen) const;
  void draw_tabs(const Picture& picture, Screen& screen) const;
  void draw_body(const Picture& picture, Screen& screen) const;
  void draw_states(const Picture& picture, Screen& screen) const;
  void draw_detail(const Picture& picture, Screen& screen) const;
  void draw_overview(const Detail& detail, Screen& screen) const;
  void draw_graphs(const Detail& detail, Screen& screen) const;
  void draw_footer(const Picture& picture, Screen& screen) const;
  void draw_keys(const Picture& picture, Screen& screen) const;

  bool ascii_;
  const Page help_ = help_page();
  View view_ = View::connections;
  View before_help_ = View::connections;
  View before_detail_ = View::connections;
  Part part_ = Part::overview;
  std::optional<std::uint32_t> opened_;
  std::optional<RowId> selected_;
  std::array<std::uint64_t, static_cast<std::size_t>(View::help) + 1> scrolled_{};
  std::size_t sorted_ = 0;
  bool is_descending_ = false;
  bool with_gone_ = false;
  std::string filter_;
  Typing typing_ = Typing::nothing;
  Prompt prompt_;
  std::string answer_;  // to the last command, where it was none
  std::vector<Order> orders_;
  bool is_paused_ = false;
  bool was_past_ = false;  // of the last picture
  bool is_leaving_ = false;
  bool hears_mouse_ = true;
};

}  // namespace tapstat::tui
