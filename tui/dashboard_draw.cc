// How the dashboard looks.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "tui/dashboard.h"
#include "tui/numbers.h"
#include "tui/sparkline.h"

namespace tapstat::tui {
namespace {

struct KeyHelp {
  std::string_view keys, what;
};
constexpr std::array kHelp = {
    KeyHelp{"Tab 1 2", "the views: connections, states"},
    KeyHelp{"up down j k", "the row above, below; PgUp PgDn a screen of them"},
    KeyHelp{"Home End g G", "the first, the last row"},
    KeyHelp{"/ F4", "filter: state == CLOSE_WAIT and server.port == 443; Esc: none"},
    KeyHelp{"s S F6", "sort by the next column, the one before; r: the other way round"},
    KeyHelp{"Space p", "pause: what is shown stays; capturing goes on"},
    KeyHelp{"? F1", "this help"},
    KeyHelp{"q F10 Ctrl-C", "quit"},
};

// What is said of the whole, what matters most first.
[[nodiscard]] std::vector<Text> parts_of(const Header& header) {
  std::vector<Text> parts;
  parts.push_back({fmt::format("{} conn", whole_number(header.connections))});
  if (header.dropped) {
    parts.push_back({fmt::format("{} dropped", whole_number(*header.dropped)),
                     *header.dropped > 0 ? Look::failed : Look::plain});
  }
  parts.push_back({fmt::format("{} pkt/s", short_number(header.packets_a_second))});
  parts.push_back({fmt::format("{}bit/s", short_number(header.bits_a_second))});
  parts.push_back({header.clock});
  parts.push_back({fmt::format("{} pkt", whole_number(header.packets))});
  parts.push_back({short_bytes(header.memory)});
  if (header.given_up > 0) {
    parts.push_back({fmt::format("{} given up", whole_number(header.given_up)), Look::notable});
  }
  return parts;
}

}  // namespace

Screen Dashboard::draw(const Picture& picture, Size size) const {
  Screen screen(size, ascii_);
  draw_header(picture.header, screen);
  draw_tabs(picture, screen);
  draw_body(picture, screen);
  draw_footer(picture, screen);
  return screen;
}

void Dashboard::draw_header(const Header& header, Screen& screen) const {
  constexpr int kGap = 2;
  const int width = screen.size().columns;
  int at = screen.put(0, 0, "tapstat ", Look::title);
  at = screen.put(0, at, header.source, Look::title, std::max(width / 4, 8)) + kGap;
  if (is_paused_) at = screen.put(0, at, "PAUSED", Look::notable) + kGap;
  if (header.has_ended) at = screen.put(0, at, "END", Look::notable) + kGap;
  for (const Text& part : parts_of(header)) {
    if (at + width_of(part.text) > width) continue;
    at = screen.put(0, at, part.text, part.look) + kGap;
  }
}

void Dashboard::draw_tabs(const Picture& picture, Screen& screen) const {
  constexpr std::array<std::string_view, 2> kNames = {"1 Connections", "2 States"};
  int at = 0;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const bool is_shown = static_cast<std::size_t>(view_) == i;
    at = screen.put(1, at, kNames[i], is_shown ? Look::selected : Look::quiet) + 2;
  }
  if (view_ != View::connections) return;
  const Table& table = picture.table;
  const std::string shown = filter_.empty() ? fmt::format("{}", whole_number(table.total))
                                            : fmt::format("{} of {}", whole_number(table.total),
                                                          whole_number(picture.header.connections));
  screen.put(1, std::max(at, screen.size().columns - width_of(shown)), shown, Look::quiet);
}

void Dashboard::draw_body(const Picture& picture, Screen& screen) const {
  switch (view_) {
    case View::connections: {
      const Lines lines{2, screen.size().rows - 1};
      const std::uint64_t first = first_row(picture, screen.size());
      return tui::draw(picture.table, first, selected_, lines, ascii_, screen);
    }
    case View::states:
      return draw_states(picture, screen);
    case View::help:
      return draw_help(screen);
  }
}

void Dashboard::draw_states(const Picture& picture, Screen& screen) const {
  constexpr int kName = 13, kNumber = 9, kBar = 16;
  const auto number = [&](int row, int column, std::string_view text, Look look) {
    screen.put(row, column + kNumber - std::min(width_of(text), kNumber), text, look, kNumber);
  };
  std::uint64_t most = 0;
  for (const StateRow& state : picture.states) most = std::max(most, state.client + state.server);
  screen.put(2, 0, "State", Look::heading);
  number(2, kName, "Total", Look::heading);
  number(2, kName + kNumber, "Client", Look::heading);
  number(2, kName + 2 * kNumber, "Server", Look::heading);
  int row = 3;
  for (const StateRow& state : picture.states) {
    if (row >= screen.size().rows - 1) break;
    screen.put(row, 0, state.name, state.look, kName);
    number(row, kName, whole_number(state.client + state.server), state.look);
    number(row, kName + kNumber, whole_number(state.client), Look::plain);
    number(row, kName + 2 * kNumber, whole_number(state.server), Look::plain);
    int at = kName + 3 * kNumber + 2;
    screen.put(row, at, bar(state.client + state.server, most, kBar, ascii_), state.look);
    at += kBar + 2;
    screen.put(row, at, sparkline(state.history, screen.size().columns - at, ascii_), Look::quiet);
    ++row;
  }
}

void Dashboard::draw_help(Screen& screen) const {
  constexpr int kKeys = 14;
  int row = 2;
  for (const auto& [keys, what] : kHelp) {
    screen.put(row, 0, keys, Look::key, kKeys);
    screen.put(row++, kKeys, what);
  }
}

void Dashboard::draw_footer(const Picture& picture, Screen& screen) const {
  const int row = screen.size().rows - 1;
  if (is_typing_) {
    int at = screen.put(row, 0, "filter: ", Look::key);
    at = screen.put(row, at, typed_);
    at = screen.put(row, at, "_", Look::selected) + 2;
    screen.put(row, at, picture.problem, Look::failed);
    return;
  }
  if (!filter_.empty()) {
    const int at = screen.put(row, 0, fmt::format("filter: {}  ", filter_), Look::notable);
    screen.put(row, at, picture.problem, Look::failed);
    return;
  }
  int at = 0;
  for (const auto& [key, what] : {std::pair{"?", "help"},
                                  {"/", "filter"},
                                  {"s", "sort"},
                                  {"Space", "pause"},
                                  {"q", "quit"}}) {
    if (at + width_of(key) + 1 + width_of(what) > screen.size().columns) break;
    at = screen.put(row, at, key, Look::key) + 1;
    at = screen.put(row, at, what) + 2;
  }
}

}  // namespace tapstat::tui
