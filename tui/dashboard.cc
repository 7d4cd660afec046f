#include "tui/dashboard.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>
#include <utility>

#include "tui/layout.h"
#include "tui/tabs.h"

namespace tapstat::tui {
namespace {

// Where the selected row stands in the table's window; nullopt where it is not there.
[[nodiscard]] std::optional<std::uint64_t> place_of(std::optional<RowId> id, const Table& table) {
  const auto found = std::find_if(table.rows.begin(), table.rows.end(),
                                  [&](const Row& row) { return row.id == id; });
  if (found == table.rows.end()) return std::nullopt;
  return table.first + static_cast<std::uint64_t>(std::distance(table.rows.begin(), found));
}

[[nodiscard]] std::uint64_t last_first(std::uint64_t lines, int shown) {
  const auto room = static_cast<std::uint64_t>(shown);
  return lines > room ? lines - room : 0;
}

[[nodiscard]] std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

Request Dashboard::request(Size size) const {
  // A screen more on either side, so that whoever moves there sees it at once.
  const int rows = rows_in(size);
  const std::uint64_t first = scrolled_[static_cast<std::size_t>(View::connections)];
  const auto above = std::min<std::uint64_t>(first, static_cast<std::uint64_t>(rows));
  return {.view = view_,
          .sorted = sorted_,
          .is_descending = is_descending_,
          .with_gone = with_gone_,
          .filter = filter_,
          .first = first - above,
          .rows = 2 * rows + static_cast<int>(above),
          .columns = size.columns,
          .opened = is_open() ? opened_ : std::nullopt,
          .part = part_};
}

bool Dashboard::is_open() const {
  return view_ == View::detail || (view_ == View::help && before_help_ == View::detail);
}

void Dashboard::notice(const Picture& picture) {
  const bool is_past = picture.playback && picture.playback->is_past;
  if (std::exchange(was_past_, is_past) == is_past) return;
  if (view_ == View::detail) view_ = View::connections;
  if (before_help_ == View::detail) before_help_ = View::connections;
  selected_.reset();
}

const Page* Dashboard::page_of(const Picture& picture) const {
  switch (view_) {
    case View::neighbors:
    case View::trees:
    case View::lvs:
    case View::findings:
    case View::talkers:
      return picture.request.view == view_ ? &picture.page : nullptr;
    case View::detail:
      if (!picture.detail || picture.detail->id != opened_) return nullptr;
      if (part_ == Part::ladder) return &picture.detail->ladder;
      if (part_ == Part::record) return &picture.detail->record;
      return part_ == Part::overview ? &picture.detail->summary : nullptr;
    case View::help:
      return &help_;
    case View::connections:
    case View::states:
      break;
  }
  return nullptr;
}

std::uint64_t Dashboard::lines_of(const Picture& picture, Size) const {
  if (view_ == View::connections) return picture.table.total;
  const Page* page = page_of(picture);
  return page == nullptr ? 0 : height_of(*page);
}

// The last that leaves no room below.
std::uint64_t Dashboard::first_line(const Picture& picture, Size size) const {
  const int shown = view_ == View::connections ? rows_in(size) : lines_in(size);
  return std::min(scrolled(), last_first(lines_of(picture, size), shown));
}

void Dashboard::press(const Key& key, const Picture& picture, Size size) {
  if (view_ == View::connections || page_of(picture) != nullptr) {
    scrolled() = first_line(picture, size);
  }
  if (typing_ != Typing::nothing) return press_while_typing(key, picture);
  answer_.clear();
  switch (key.special) {
    case Special::none:
      return press_character(key.character, picture, size);
    case Special::click:
      return click(key, picture, size);
    default:
      return press_named(key.special, picture, size);
  }
}

void Dashboard::press_named(Special special, const Picture& picture, Size size) {
  constexpr int kWheel = 3;
  switch (special) {
    case Special::up:
      return move(-1, picture, size);
    case Special::down:
      return move(1, picture, size);
    case Special::wheel_up:
      return move(-kWheel, picture, size);
    case Special::wheel_down:
      return move(kWheel, picture, size);
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
      return step_tab(-1);
    case Special::right:
    case Special::tab:
      return step_tab(1);
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
      return escape();
    case Special::enter:
      if (view_ != View::connections) return;
      if (!selected_) move_row(0, picture.table, size);  // the first that is seen
      if (selected_) open(static_cast<std::uint32_t>(*selected_));
      return;
    default:
      return;
  }
}

void Dashboard::press_character(char32_t character, const Picture& picture, Size size) {
  if (press_for_playback(character, picture)) return;
  if (U'1' <= character && character < U'1' + (view_ == View::detail ? kParts : kTabs)) {
    const auto index = static_cast<int>(character - U'1');
    if (view_ == View::detail) part_ = static_cast<Part>(index);
    return view_ == View::detail ? void() : show(static_cast<View>(index));
  }
  switch (character) {
    case U'q':
      is_leaving_ = view_ != View::help && view_ != View::detail;
      return is_leaving_ ? void() : escape();
    case U'?':
      return view_ == View::help ? escape() : show(View::help);
    case U'/':
      prompt_ = Prompt(filter_);
      typing_ = Typing::filter;
      return;
    case U':':
      prompt_ = Prompt();
      typing_ = Typing::command;
      return;
    case U' ':
    case U'p':
      is_paused_ = !is_paused_;
      return;
    case U'j':
      return move(1, picture, size);
    case U'k':
      return move(-1, picture, size);
    case 0x06:  // Ctrl-F
      return move(rows_in(size), picture, size);
    case 0x02:  // Ctrl-B
      return move(-rows_in(size), picture, size);
    case U'h':
      return step_tab(-1);
    case U'l':
      return step_tab(1);
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
    case U't':
      with_gone_ = !with_gone_;
      return;
    case U'm':
      hears_mouse_ = !hears_mouse_;
      return;
    default:
      return;
  }
}

// Whether the key is one of those that a capture is played by.
bool Dashboard::press_for_playback(char32_t character, const Picture& picture) {
  using Kind = Order::Kind;
  struct Bound {
    char32_t character;
    Kind kind;
  };
  constexpr std::array kBound = {
      Bound{U' ', Kind::toggle},      Bound{U'p', Kind::toggle},
      Bound{U'+', Kind::faster},      Bound{U'-', Kind::slower},
      Bound{U'.', Kind::next_packet}, Bound{U',', Kind::previous_packet},
      Bound{U']', Kind::next_change}, Bound{U'[', Kind::previous_change},
      Bound{U'}', Kind::next_event},  Bound{U'{', Kind::previous_event},
      Bound{U'^', Kind::start},       Bound{U'$', Kind::end},
  };
  if (picture.playback && picture.playback->is_past && character == U'L') {
    orders_.push_back({Kind::live});
    return true;
  }
  // Of what is live there is only what was.
  constexpr std::u32string_view kBack = U",[{^";
  const bool goes_back = picture.has_past && kBack.find(character) != std::u32string_view::npos;
  if (!picture.playback && !goes_back) return false;
  const auto found = std::find_if(kBound.begin(), kBound.end(), [character](const Bound& bound) {
    return bound.character == character;
  });
  if (found == kBound.end()) return false;
  orders_.push_back({found->kind});
  return true;
}

// A filter applies as it is typed; Escape gives it up, Enter keeps it.
void Dashboard::press_while_typing(const Key& key, const Picture& picture) {
  const auto progress = prompt_.press(key, typing_ == Typing::command);
  const bool is_over = progress != Prompt::Progress::goes_on;
  const Typing typed = is_over ? std::exchange(typing_, Typing::nothing) : typing_;
  const bool given_up = progress == Prompt::Progress::given_up;
  if (typed == Typing::filter) return filter_by(given_up ? "" : prompt_.text());
  if (is_over && !given_up) run(prompt_.text(), picture);
}

void Dashboard::filter_by(std::string filter) {
  filter_ = std::move(filter);
  scrolled_[static_cast<std::size_t>(View::connections)] = 0;
}

// Out of what is open; of a list, out of its filter.
void Dashboard::escape() {
  switch (view_) {
    case View::help:
      view_ = before_help_;
      return;
    case View::detail:
      view_ = before_detail_;
      return;
    default:
      filter_by("");
  }
}

void Dashboard::show(View view) {
  if (view == View::help && view_ != View::help) before_help_ = view_;
  view_ = view;
}

void Dashboard::open(std::uint32_t id) {
  opened_ = id;
  before_detail_ = View::connections;
  part_ = Part::overview;
  view_ = View::detail;
  scrolled() = 0;
}

void Dashboard::step_tab(int by) {
  if (view_ == View::detail) {
    part_ = static_cast<Part>((static_cast<int>(part_) + by + kParts) % kParts);
    scrolled() = 0;
    return;
  }
  int now = static_cast<int>(view_ == View::help ? before_help_ : view_);
  if (now >= kTabs) now = 0;
  show(static_cast<View>((now + by + kTabs) % kTabs));
}

void Dashboard::move(int by, const Picture& picture, Size size) {
  if (view_ == View::connections) return move_row(by, picture.table, size);
  const auto most = static_cast<std::int64_t>(last_first(lines_of(picture, size), lines_in(size)));
  const auto target = static_cast<std::int64_t>(scrolled()) + by;
  scrolled() = static_cast<std::uint64_t>(std::clamp<std::int64_t>(target, 0, most));
}

void Dashboard::move_row(int by, const Table& table, Size size) {
  if (table.rows.empty()) return;
  const auto place = place_of(selected_, table);
  // Without a row to begin at, the first of those that are seen.
  auto target = static_cast<std::int64_t>(place.value_or(scrolled())) + (place ? by : 0);
  target = std::clamp<std::int64_t>(target, 0, static_cast<std::int64_t>(table.total) - 1);
  const auto to = static_cast<std::uint64_t>(target);
  const auto rows = static_cast<std::uint64_t>(rows_in(size));
  if (to < scrolled()) scrolled() = to;
  if (to >= scrolled() + rows) scrolled() = to - rows + 1;
  const std::uint64_t last = table.first + table.rows.size() - 1;
  const std::uint64_t in_window = std::clamp(to, table.first, last) - table.first;
  selected_ = table.rows[static_cast<std::size_t>(in_window)].id;
}

void Dashboard::move_to(bool end, const Picture& picture, Size size) {
  const int shown = view_ == View::connections ? rows_in(size) : lines_in(size);
  scrolled() = end ? last_first(lines_of(picture, size), shown) : 0;
  if (view_ == View::connections) selected_.reset();
}

void Dashboard::sort_by(std::size_t column, const Table& table) {
  sorted_ = column;
  // Of numbers the greatest are looked for.
  is_descending_ = sorted_ != 0 && table.columns[sorted_].align == Align::right;
  scrolled_[static_cast<std::size_t>(View::connections)] = 0;
}

void Dashboard::sort_by_next(const Picture& picture, int by) {
  const auto columns = static_cast<int>(picture.table.columns.size());
  if (columns == 0) return;
  const int next = (static_cast<int>(sorted_) + by + columns) % columns;
  sort_by(static_cast<std::size_t>(next), picture.table);
}

// A tab is shown, a heading sorted by, a row selected, and opened by a second click.
void Dashboard::click(const Key& key, const Picture& picture, Size size) {
  if (key.row == kTabsRow) return click_on_tabs(key.column, size);
  if (view_ != View::connections || key.row < kBodyRow) return;
  const Table& table = picture.table;
  if (key.row == kBodyRow) {
    const auto column = column_at(table, key.column, size.columns);
    if (!column) return;
    if (*column != sorted_) return sort_by(*column, table);
    is_descending_ = !is_descending_;
    return;
  }
  const std::uint64_t row = scrolled() + static_cast<std::uint64_t>(key.row - kBodyRow - 1);
  if (row < table.first || row >= table.first + table.rows.size()) return;
  const RowId id = table.rows[static_cast<std::size_t>(row - table.first)].id;
  if (selected_ == id) return open(static_cast<std::uint32_t>(id));
  selected_ = id;
}

void Dashboard::click_on_tabs(int column, Size size) {
  if (view_ == View::detail) {
    const auto part = tab_at({kPartNames, static_cast<std::size_t>(part_)}, column, size.columns);
    if (part) part_ = static_cast<Part>(*part);
    return;
  }
  const auto tab = tab_at({kViewNames, static_cast<std::size_t>(view_)}, column, size.columns);
  if (tab) show(static_cast<View>(*tab));
}

void Dashboard::run(const std::string& text, const Picture& picture) {
  const auto command = parse_command(text);
  if (!command) {
    answer_ = command.error();
    return;
  }
  std::visit([&](const auto& one) { run(one, picture); }, *command);
}

void Dashboard::run(const QuitCommand&, const Picture&) { is_leaving_ = true; }
void Dashboard::run(const ViewCommand& command, const Picture&) { show(command.view); }
void Dashboard::run(const FilterCommand& command, const Picture&) { filter_by(command.text); }
void Dashboard::run(const OpenCommand& command, const Picture&) { open(command.id); }
void Dashboard::run(const MouseCommand& command, const Picture&) { hears_mouse_ = command.is_on; }

void Dashboard::run(const SortCommand& command, const Picture& picture) {
  const auto& columns = picture.table.columns;
  const std::string wanted = lower(command.column);
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
    return lower(column.title).find(wanted) != std::string::npos;
  });
  if (wanted.empty() || found == columns.end()) {
    answer_ = "sort: no column is called that";
    return;
  }
  sort_by(static_cast<std::size_t>(std::distance(columns.begin(), found)), picture.table);
}

void Dashboard::run(const Order& order, const Picture& picture) {
  if (!picture.playback && !picture.has_past) {
    answer_ = "that is for a capture that is played (top -r FILE)";
    return;
  }
  orders_.push_back(order);
}

}  // namespace tapstat::tui
