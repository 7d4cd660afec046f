#include "tui/state_machine.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "tui/state_machine_layouts.h"

namespace tapstat::tui {
namespace {

constexpr Look kMark = Look::selected;
constexpr Look kHere = Look::good;
constexpr Look kVisited = Look::plain;
constexpr Look kElsewhere = Look::quiet;

using Looks = std::array<Look, kStateCount>;

[[nodiscard]] std::optional<std::size_t> index_of(std::string_view state) {
  const auto* const found = std::find(kStateNames.begin(), kStateNames.end(), state);
  if (found == kStateNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kStateNames.begin());
}

[[nodiscard]] bool has_text(const Position& end) {
  return !end.state.empty() && !index_of(end.state);
}

[[nodiscard]] Size size_of(const Layout& layout, bool needs_text) {
  const int lines = static_cast<int>(layout.lines.size());
  const int text_end = std::max(layout.client_text.row, layout.server_text.row) + 1;
  return {needs_text ? std::max(lines, text_end) : lines, layout.columns};
}

// nullptr: there is no room for any.
[[nodiscard]] const Layout* layout_for(const Positions& positions, Size room) {
  const bool needs_text = has_text(positions.client) || has_text(positions.server);
  for (const Layout* layout : {&kLarge, &kMedium, &kSmall}) {
    const Size size = size_of(*layout, needs_text);
    if (size.rows <= room.rows && size.columns <= room.columns) return layout;
  }
  return nullptr;
}

[[nodiscard]] Looks looks_of(const Positions& positions) {
  Looks looks{};
  looks.fill(kElsewhere);
  for (const Position* end : {&positions.client, &positions.server}) {
    for (const std::string& state : end->visited) {
      if (const auto i = index_of(state)) looks[*i] = kVisited;
    }
  }
  for (const Position* end : {&positions.client, &positions.server}) {
    if (const auto i = index_of(end->state)) looks[*i] = kHere;
  }
  return looks;
}

// Of a cell: that of the state that it belongs to.
[[nodiscard]] Look look_at(const Layout& layout, const Looks& looks, int row, int column) {
  for (std::size_t i = 0; i < layout.places.size(); ++i) {
    const Place& place = layout.places[i];
    if (row >= place.row - layout.border && row <= place.row + layout.border &&
        column >= place.left && column < place.left + place.width) {
      return looks[i];
    }
  }
  return kElsewhere;
}

// Takes the first character off text that is UTF-8.
[[nodiscard]] std::string_view take_glyph(std::string_view& text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0u) == 0x80u) {
    ++length;
  }
  const std::string_view glyph = text.substr(0, length);
  text.remove_prefix(length);
  return glyph;
}

[[nodiscard]] std::string_view ascii_of(std::string_view glyph) {
  using Like = std::pair<std::string_view, std::string_view>;
  constexpr std::array kLikes = {Like{"─", "-"}, Like{"│", "|"}, Like{"◀", "<"},
                                 Like{"▶", ">"}, Like{"▲", "^"}, Like{"▼", "v"}};
  if (glyph.size() == 1) return glyph;
  for (const auto& [from, to] : kLikes) {
    if (glyph == from) return to;
  }
  return "+";  // corners, and where lines meet
}

void draw_lines(const Layout& layout, const Looks& looks, const Area& area, bool ascii,
                Screen& screen) {
  int row = 0;
  for (std::string_view line : layout.lines) {
    for (int column = 0; !line.empty(); ++column) {
      const std::string_view glyph = take_glyph(line);
      put(screen, area, row, column, ascii ? ascii_of(glyph) : glyph,
          look_at(layout, looks, row, column));
    }
    ++row;
  }
}

void draw_mark(const Layout& layout, const Position& end, int column, std::string_view mark,
               const Area& area, Screen& screen) {
  const auto i = index_of(end.state);
  if (!i) return;
  const Place& place = layout.places[*i];
  put(screen, area, place.row, place.left + column + (column < 0 ? place.width : 0), mark, kMark);
}

// "C client: ..."
void draw_text(const Place& place, std::string_view mark, std::string text, std::string_view state,
               const Area& area, Screen& screen) {
  put(screen, area, place.row, place.left, mark, kMark, place.width);
  if (!state.empty()) text.append(": ").append(state);
  put(screen, area, place.row, place.left + 2, text, kVisited, place.width - 2);
}

// Two lines where there is no room for a drawing.
void draw_texts(const Positions& positions, const Area& area, Screen& screen) {
  draw_text({0, 0, area.columns}, "C", "client", positions.client.state, area, screen);
  draw_text({1, 0, area.columns}, "S", "server", positions.server.state, area, screen);
}

}  // namespace

Size state_machine_size(const Positions& positions, Size room) {
  const Layout* const layout = layout_for(positions, room);
  if (layout == nullptr) return {std::clamp(room.rows, 0, 2), std::max(room.columns, 0)};
  const int rows = size_of(*layout, true).rows;
  return {std::min(rows, room.rows), layout->columns};
}

void draw_state_machine(const Positions& positions, const Area& area, bool ascii, Screen& screen) {
  const auto& [client, server] = positions;
  const Layout* const layout = layout_for(positions, {area.rows, area.columns});
  if (layout == nullptr) return draw_texts(positions, area, screen);
  draw_lines(*layout, looks_of(positions), area, ascii, screen);
  draw_mark(*layout, client, layout->client_mark, "C", area, screen);
  draw_mark(*layout, server, layout->server_mark, "S", area, screen);
  draw_text(layout->client_text, "C", "client", has_text(client) ? client.state : "", area, screen);
  draw_text(layout->server_text, "S", "server", has_text(server) ? server.state : "", area, screen);
}

}  // namespace tapstat::tui
