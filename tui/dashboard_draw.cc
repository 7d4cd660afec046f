// How the dashboard looks.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "tui/dashboard.h"
#include "tui/layout.h"
#include "tui/numbers.h"
#include "tui/sparkline.h"
#include "tui/tabs.h"

namespace tapstat::tui {
namespace {

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

// Of a capture that is played.
[[nodiscard]] std::vector<Text> parts_of(const Header& header, const Playback& playback) {
  std::vector<Text> parts;
  const std::string_view doing = playback.is_seeking   ? "SEEKING"
                                 : playback.is_at_end  ? "END"
                                 : playback.is_playing ? "PLAY"
                                                       : "PAUSED";
  parts.push_back(
      {fmt::format("{}{} {:g}x", playback.is_past ? "PAST " : "", doing, playback.speed),
       Look::notable});
  parts.push_back({header.clock});
  parts.push_back({fmt::format("+{}", playback.elapsed)});
  parts.push_back({fmt::format("packet {}", whole_number(playback.packet))});
  parts.push_back({fmt::format("{} conn", whole_number(header.connections))});
  parts.push_back({fmt::format("{} pkt/s", short_number(header.packets_a_second))});
  parts.push_back({short_bytes(header.memory)});
  return parts;
}

struct KeyName {
  std::string_view key, what;
};
// The most wanted first: on a narrow screen the last are left out.
constexpr std::array kListKeys = {KeyName{"?", "help"},      KeyName{"Enter", "open"},
                                  KeyName{"/", "filter"},    KeyName{"s", "sort"},
                                  KeyName{"Space", "pause"}, KeyName{"t", "closed"},
                                  KeyName{":", "command"},   KeyName{"q", "quit"}};
constexpr std::array kPageKeys = {KeyName{"?", "help"},     KeyName{"Tab", "next view"},
                                  KeyName{"j k", "scroll"}, KeyName{"Space", "pause"},
                                  KeyName{":", "command"},  KeyName{"q", "quit"}};
constexpr std::array kDetailKeys = {KeyName{"Esc", "back"}, KeyName{"Tab", "next part"},
                                    KeyName{"j k", "scroll"}, KeyName{"Space", "pause"},
                                    KeyName{"?", "help"}};
constexpr std::array kPlayKeys = {KeyName{"Space", "play"}, KeyName{", .", "packet"},
                                  KeyName{"[ ]", "change"}, KeyName{"{ }", "event"},
                                  KeyName{"+ -", "speed"},  KeyName{"^ $", "start end"},
                                  KeyName{"?", "help"},     KeyName{"q", "quit"}};
constexpr std::array kPastKeys = {KeyName{"L", "live"},     KeyName{", .", "packet"},
                                  KeyName{"[ ]", "change"}, KeyName{"{ }", "event"},
                                  KeyName{"Space", "play"}, KeyName{"^ $", "start end"},
                                  KeyName{"?", "help"},     KeyName{"q", "quit"}};

}  // namespace

Screen Dashboard::draw(const Picture& picture, Size size) const {
  Screen screen(size, ascii_);
  draw_header(picture, screen);
  draw_tabs(picture, screen);
  draw_body(picture, screen);
  draw_footer(picture, screen);
  return screen;
}

void Dashboard::draw_header(const Picture& picture, Screen& screen) const {
  constexpr int kGap = 2;
  const Header& header = picture.header;
  const int width = screen.size().columns;
  int at = screen.put(0, 0, "tapstat ", Look::title);
  at = screen.put(0, at, header.source, Look::title, std::max(width / 4, 8)) + kGap;
  if (is_paused_) at = screen.put(0, at, "PAUSED", Look::notable) + kGap;
  const auto parts = picture.playback ? parts_of(header, *picture.playback) : parts_of(header);
  for (const Text& part : parts) {
    if (at + width_of(part.text) > width) continue;
    at = screen.put(0, at, part.text, part.look) + kGap;
  }
  draw_history(picture.states, at, screen);
}

// What is most of the endpoints' state, over the last seconds, where there is room for some.
void Dashboard::draw_history(const std::vector<StateRow>& states, int at, Screen& screen) const {
  constexpr int kLeast = 8, kMost = 60;
  if (states.empty()) return;
  const StateRow& state = states.front();
  const int room = screen.size().columns - at - width_of(state.name) - 1;
  if (room < kLeast) return;
  at = screen.put(0, at, state.name, Look::quiet) + 1;
  screen.put(0, at, sparkline(state.history, std::min(room, kMost), ascii_), state.look);
}

void Dashboard::draw_tabs(const Picture& picture, Screen& screen) const {
  const int width = screen.size().columns;
  std::string right;
  int at = 0;
  if (view_ == View::detail) {
    at = tui::draw(Tabs{kPartNames, static_cast<std::size_t>(part_)}, kTabsRow, screen);
    if (picture.detail && picture.detail->id == opened_) right = picture.detail->title;
  } else {
    at = tui::draw(Tabs{kViewNames, static_cast<std::size_t>(view_)}, kTabsRow, screen);
  }
  if (view_ == View::connections) {
    const std::string shown = whole_number(picture.table.total);
    const bool is_all = picture.table.total == picture.header.connections;
    right =
        is_all ? shown : fmt::format("{} of {}", shown, whole_number(picture.header.connections));
  }
  // Cut on the left: where it matters, the right end is what changes.
  if (at + width_of(right) <= width) {
    screen.put(kTabsRow, width - width_of(right), right, Look::quiet);
  } else {
    screen.put(kTabsRow, at, right, Look::quiet);
  }
}

void Dashboard::draw_body(const Picture& picture, Screen& screen) const {
  const Lines lines{kBodyRow, screen.size().rows - kFooterRows};
  switch (view_) {
    case View::connections:
      return tui::draw(picture.table, first_line(picture, screen.size()), selected_, lines, ascii_,
                       screen);
    case View::states:
      return draw_states(picture, screen);
    case View::detail:
      return draw_detail(picture, screen);
    default:
      break;
  }
  const Page* page = page_of(picture);
  if (page == nullptr) return;
  if (page->is_empty()) {
    screen.put(kBodyRow, 0, "nothing so far", Look::quiet);
    return;
  }
  tui::draw(*page, first_line(picture, screen.size()), lines, ascii_, screen);
}

void Dashboard::draw_states(const Picture& picture, Screen& screen) const {
  constexpr int kName = 13, kNumber = 9, kBar = 16;
  const auto number = [&](int row, int column, std::string_view text, Look look) {
    screen.put(row, column + kNumber - std::min(width_of(text), kNumber), text, look, kNumber);
  };
  std::uint64_t most = 0;
  for (const StateRow& state : picture.states) most = std::max(most, state.client + state.server);
  screen.put(kBodyRow, 0, "State", Look::heading);
  number(kBodyRow, kName, "Total", Look::heading);
  number(kBodyRow, kName + kNumber, "Client", Look::heading);
  number(kBodyRow, kName + 2 * kNumber, "Server", Look::heading);
  int row = kBodyRow + 1;
  for (const StateRow& state : picture.states) {
    if (row >= screen.size().rows - kFooterRows) break;
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

void Dashboard::draw_footer(const Picture& picture, Screen& screen) const {
  const int row = screen.size().rows - 1;
  if (typing_ != Typing::nothing) {
    int at = screen.put(row, 0, typing_ == Typing::filter ? "filter: " : ":", Look::key);
    at = screen.put(row, at, prompt_.text());
    at = screen.put(row, at, "_", Look::selected) + 2;
    if (typing_ == Typing::filter) screen.put(row, at, picture.problem, Look::failed);
    return;
  }
  const std::string& problem =
      !answer_.empty() || !picture.playback ? answer_ : picture.playback->problem;
  if (!problem.empty()) {
    screen.put(row, 0, problem, Look::failed);
  } else if (view_ == View::connections && !filter_.empty()) {
    const int at = screen.put(row, 0, fmt::format("filter: {}  ", filter_), Look::notable);
    screen.put(row, at, picture.problem, Look::failed);
  } else {
    draw_keys(picture, screen);
  }
}

void Dashboard::draw_keys(const Picture& picture, Screen& screen) const {
  std::span<const KeyName> keys = kPageKeys;
  if (view_ == View::connections) keys = kListKeys;
  if (picture.playback) keys = picture.playback->is_past ? kPastKeys : kPlayKeys;
  if (view_ == View::detail && !picture.playback) keys = kDetailKeys;
  const int row = screen.size().rows - 1;
  int at = 0;
  for (const auto& [key, what] : keys) {
    if (at + width_of(key) + 1 + width_of(what) > screen.size().columns) break;
    at = screen.put(row, at, key, Look::key) + 1;
    at = screen.put(row, at, what) + 2;
  }
}

}  // namespace tapstat::tui
