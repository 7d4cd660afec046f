#include "tui/dashboard.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace tapstat::tui {
namespace {

// Above the rows of a table: header, tabs, headings. Below: the keys.
constexpr int kAbove = 3, kBelow = 1;

[[nodiscard]] int rows_in(Size size) { return std::max(1, size.rows - kAbove - kBelow); }

// Where the selected row stands in the table's window; nullopt where it is not there.
[[nodiscard]] std::optional<std::uint64_t> place_of(std::optional<RowId> id, const Table& table) {
  const auto found = std::find_if(table.rows.begin(), table.rows.end(),
                                  [&](const Row& row) { return row.id == id; });
  if (found == table.rows.end()) return std::nullopt;
  return table.first + static_cast<std::uint64_t>(std::distance(table.rows.begin(), found));
}

// Filters are plain ASCII; keys without a character have 0.
void append_printable(std::string& text, char32_t character) {
  if (character >= U' ' && character < 0x7f) text.push_back(static_cast<char>(character));
}

}  // namespace

Request Dashboard::request(Size size) const {
  // A screen more on either side, so that whoever moves there sees it at once.
  const int rows = rows_in(size);
  const auto above = std::min<std::uint64_t>(first_, static_cast<std::uint64_t>(rows));
  return {.view = view_,
          .sorted = sorted_,
          .is_descending = is_descending_,
          .filter = filter_,
          .first = first_ - above,
          .rows = 2 * rows + static_cast<int>(above)};
}

// The last that leaves no room below the rows.
std::uint64_t Dashboard::first_row(const Picture& picture, Size size) const {
  const auto rows = static_cast<std::uint64_t>(rows_in(size));
  const std::uint64_t total = picture.table.total;
  return std::min(first_, total > rows ? total - rows : 0);
}

void Dashboard::press(const Key& key, const Picture& picture, Size size) {
  first_ = first_row(picture, size);
  if (is_typing_) return press_while_typing(key);
  switch (key.special) {
    case Special::none:
      return press_character(key.character, picture, size);
    case Special::up:
      return move(-1, picture, size);
    case Special::down:
      return move(1, picture, size);
    case Special::page_up:
      return move(-rows_in(size), picture, size);
    case Special::page_down:
      return move(rows_in(size), picture, size);
    case Special::home:
      return move_to(false, picture, size);
    case Special::end:
      return move_to(true, picture, size);
    case Special::left:
    case Special::back_tab:
      return step_view(-1);
    case Special::right:
    case Special::tab:
      return step_view(1);
    case Special::help:
      return show(View::help);
    case Special::filter:
      return press_character(U'/', picture, size);
    case Special::sort:
      return sort_by_next(picture, 1);
    case Special::quit:
      is_leaving_ = true;
      return;
    case Special::escape:
      if (view_ == View::help) return show(before_help_);
      filter_.clear();
      return;
    case Special::enter:
    case Special::backspace:
    case Special::resize:
      return;
  }
}

void Dashboard::press_character(char32_t character, const Picture& picture, Size size) {
  switch (character) {
    case U'q':
      is_leaving_ = view_ != View::help;
      return show(before_help_);
    case U'?':
      return view_ == View::help ? show(before_help_) : show(View::help);
    case U'/':
      typed_ = filter_;
      is_typing_ = true;
      return;
    case U' ':
    case U'p':
      is_paused_ = !is_paused_;
      return;
    case U'1':
      return show(View::connections);
    case U'2':
      return show(View::states);
    case U'j':
      return move(1, picture, size);
    case U'k':
      return move(-1, picture, size);
    case U'h':
      return step_view(-1);
    case U'l':
      return step_view(1);
    case U'g':
      return move_to(false, picture, size);
    case U'G':
      return move_to(true, picture, size);
    case U's':
      return sort_by_next(picture, 1);
    case U'S':
      return sort_by_next(picture, -1);
    case U'r':
      is_descending_ = !is_descending_;
      return;
    default:
      return;
  }
}

// The filter applies as it is typed; Escape gives it up, Enter keeps it.
void Dashboard::press_while_typing(const Key& key) {
  switch (key.special) {
    case Special::enter:
      is_typing_ = false;
      break;
    case Special::escape:
      is_typing_ = false;
      typed_.clear();
      break;
    case Special::backspace:
      if (!typed_.empty()) typed_.pop_back();
      break;
    case Special::none:
      append_printable(typed_, key.character);
      break;
    default:
      return;
  }
  filter_ = typed_;
  first_ = 0;
}

void Dashboard::show(View view) {
  if (view == View::help && view_ != View::help) before_help_ = view_;
  view_ = view;
}

void Dashboard::step_view(int by) {
  constexpr int kViews = 2;
  const int now = static_cast<int>(view_ == View::help ? before_help_ : view_);
  show(static_cast<View>((now + by + kViews) % kViews));
}

void Dashboard::move(int by, const Picture& picture, Size size) {
  const Table& table = picture.table;
  if (table.rows.empty()) return;
  const auto place = place_of(selected_, table);
  // Without a row to begin at, the first of those that are seen.
  auto target = static_cast<std::int64_t>(place.value_or(first_)) + (place ? by : 0);
  target = std::clamp<std::int64_t>(target, 0, static_cast<std::int64_t>(table.total) - 1);
  const auto to = static_cast<std::uint64_t>(target);
  const auto rows = static_cast<std::uint64_t>(rows_in(size));
  if (to < first_) first_ = to;
  if (to >= first_ + rows) first_ = to - rows + 1;
  const std::uint64_t last = table.first + table.rows.size() - 1;
  const std::uint64_t in_window = std::clamp(to, table.first, last) - table.first;
  selected_ = table.rows[static_cast<std::size_t>(in_window)].id;
}

void Dashboard::move_to(bool end, const Picture& picture, Size size) {
  const auto rows = static_cast<std::uint64_t>(rows_in(size));
  const std::uint64_t total = picture.table.total;
  first_ = end && total > rows ? total - rows : 0;
  selected_.reset();
}

void Dashboard::sort_by_next(const Picture& picture, int by) {
  const auto columns = static_cast<int>(picture.table.columns.size());
  if (columns == 0) return;
  sorted_ = static_cast<std::size_t>((static_cast<int>(sorted_) + by + columns) % columns);
  // Of numbers the greatest are looked for.
  is_descending_ = sorted_ != 0 && picture.table.columns[sorted_].align == Align::right;
  first_ = 0;
}

}  // namespace tapstat::tui
