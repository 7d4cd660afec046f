#include "tui/terminal.h"

#include <curses.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <cstdlib>

#include "tui/crash.h"

namespace tapstat::tui {
namespace {

constexpr short kNotable = 1, kFailed = 2, kGood = 3, kKey = 4, kTitle = 5;

void choose_colors() {
  start_color();
  use_default_colors();
  constexpr short kBackground = -1;  // the terminal's own, light or dark
  init_pair(kNotable, COLOR_YELLOW, kBackground);
  init_pair(kFailed, COLOR_RED, kBackground);
  init_pair(kGood, COLOR_GREEN, kBackground);
  init_pair(kKey, COLOR_CYAN, kBackground);
  init_pair(kTitle, COLOR_CYAN, kBackground);
}

struct Paint {
  attr_t attributes;
  short pair;
};

// Attributes alone tell them apart, too: not every terminal has colours, nor everyone sees them.
[[nodiscard]] Paint paint_of(Look look) {
  switch (look) {
    case Look::plain:
      return {A_NORMAL, 0};
    case Look::quiet:
      return {A_DIM, 0};
    case Look::notable:
      return {A_BOLD, kNotable};
    case Look::failed:
      return {A_BOLD, kFailed};
    case Look::good:
      return {A_NORMAL, kGood};
    case Look::title:
      return {A_BOLD, kTitle};
    case Look::heading:
      return {A_UNDERLINE, 0};
    case Look::sorted:
      return {A_UNDERLINE | A_BOLD, 0};
    case Look::key:
      return {A_BOLD, kKey};
    case Look::selected:
      return {A_REVERSE, 0};
  }
  return {A_NORMAL, 0};
}

struct Named {
  int code;
  Special special;
};
constexpr std::array kNamed = {
    Named{KEY_UP, Special::up},         Named{KEY_DOWN, Special::down},
    Named{KEY_LEFT, Special::left},     Named{KEY_RIGHT, Special::right},
    Named{KEY_PPAGE, Special::page_up}, Named{KEY_NPAGE, Special::page_down},
    Named{KEY_HOME, Special::home},     Named{KEY_END, Special::end},
    Named{KEY_BTAB, Special::back_tab}, Named{KEY_BACKSPACE, Special::backspace},
    Named{KEY_ENTER, Special::enter},   Named{KEY_RESIZE, Special::resize},
    Named{KEY_F(1), Special::help},     Named{KEY_F(4), Special::filter},
    Named{KEY_F(6), Special::sort},     Named{KEY_F(10), Special::quit},
};

[[nodiscard]] Key named(int code) {
  const auto found = std::find_if(kNamed.begin(), kNamed.end(),
                                  [code](const Named& named) { return named.code == code; });
  return {found == kNamed.end() ? Special::none : found->special};
}

[[nodiscard]] Key clicked() {
  MEVENT event{};
  if (getmouse(&event) != OK) return {};
  const Special special = (event.bstate & BUTTON4_PRESSED) != 0   ? Special::wheel_up
                          : (event.bstate & BUTTON5_PRESSED) != 0 ? Special::wheel_down
                                                                  : Special::click;
  return {special, 0, event.y, event.x};
}

[[nodiscard]] Key typed(wint_t character) {
  switch (character) {
    case '\t':
      return {Special::tab};
    case '\r':
    case '\n':
      return {Special::enter};
    case 0x1b:
      return {Special::escape};
    case 0x08:
    case 0x7f:
      return {Special::backspace};
    default:
      return {Special::none, static_cast<char32_t>(character)};
  }
}

}  // namespace

tl::expected<std::unique_ptr<Terminal>, std::string> Terminal::open(bool color) {
  if (isatty(STDOUT_FILENO) != 1 || isatty(STDIN_FILENO) != 1) {
    return tl::unexpected{std::string{"the dashboard needs a terminal"}};
  }
  const TerminalState before = TerminalState::now();
  std::setlocale(LC_CTYPE, "");
  // On a console curses would ask gpm for the mouse: by a library that it loads, and a socket.
  setenv("NCURSES_GPM_TERMS", "none", 1);
  // Or Escape would be waited after for a second.
  setenv("ESCDELAY", "25", 0);
  if (newterm(nullptr, stdout, stdin) == nullptr) {
    const char* name = std::getenv("TERM");
    return tl::unexpected{std::string{"the terminal is not known (TERM="} +
                          (name != nullptr ? name : "") + "); try TERM=xterm"};
  }
  cbreak();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  curs_set(0);
  if (color && has_colors()) choose_colors();
  restore_after_crash(before);
  return std::unique_ptr<Terminal>{new Terminal};
}

Terminal::~Terminal() { endwin(); }

Size Terminal::size() const { return {LINES, COLS}; }

void Terminal::show(const Screen& screen) {
  const int rows = std::min(screen.size().rows, LINES);
  const int width = std::min(screen.size().columns, COLS);
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < width; ++column) {
      const Cell& cell = screen.at(row, column);
      const Paint paint = paint_of(cell.look);
      const wchar_t text[] = {static_cast<wchar_t>(cell.glyph), L'\0'};
      cchar_t character{};
      setcchar(&character, text, paint.attributes, paint.pair, nullptr);
      mvadd_wch(row, column, &character);
    }
  }
  refresh();
}

void Terminal::hear_mouse(bool is_heard) {
  // A click is told when the button goes down: what was held to tell double clicks would come late.
  mouseinterval(0);
  constexpr mmask_t kHeard = BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED;
  mousemask(is_heard ? kHeard : 0, nullptr);
}

std::optional<Key> Terminal::key(std::chrono::milliseconds timeout) {
  ::timeout(static_cast<int>(timeout.count()));
  wint_t character = 0;
  switch (get_wch(&character)) {
    case OK:
      return typed(character);
    case KEY_CODE_YES:
      if (character == KEY_MOUSE) return clicked();
      return named(static_cast<int>(character));
    default:
      return std::nullopt;
  }
}

}  // namespace tapstat::tui
