// How one connection looks.
#include <algorithm>

#include "tui/dashboard.h"
#include "tui/layout.h"

namespace tapstat::tui {
void Dashboard::draw_detail(const Picture& picture, Screen& screen) const {
  if (!picture.detail || picture.detail->id != opened_) return;
  const Detail& detail = *picture.detail;
  if (!detail.is_there) {
    screen.put(kBodyRow, 0, "not there: it has not begun yet, or was given up", Look::quiet);
    return;
  }
  if (part_ == Part::overview) return draw_overview(detail, screen);
  if (part_ == Part::graphs) return draw_graphs(detail, screen);
  const Lines lines{kBodyRow, screen.size().rows - kFooterRows};
  const Page& page = part_ == Part::ladder ? detail.ladder : detail.record;
  tui::draw(page, first_line(picture, screen.size()), lines, ascii_, screen);
}

// The state machine stands beside the summary where there is room, and below it otherwise.
void Dashboard::draw_overview(const Detail& detail, Screen& screen) const {
  constexpr int kSummary = 78, kGap = 2;
  const Size size = screen.size();
  const auto height = static_cast<int>(height_of(detail.summary));
  const bool is_wide = size.columns >= kSummary + kGap + 40;
  const auto first = static_cast<int>(std::min<std::uint64_t>(
      scrolled(), static_cast<std::uint64_t>(std::max(0, height - lines_in(size)))));
  Screen summary({lines_in(size), is_wide ? kSummary : size.columns}, ascii_);
  tui::draw(detail.summary, static_cast<std::uint64_t>(first), {0, lines_in(size)}, ascii_,
            summary);
  screen.paste(summary, kBodyRow, 0);
  const int top = is_wide ? kBodyRow : kBodyRow + height - first + 1;
  const int left = is_wide ? kSummary + kGap : 0;
  const Area area{top, left, size.rows - kFooterRows - top, size.columns - left};
  draw_state_machine(detail.positions, area, ascii_, screen);
}

// As many as have room, below each other; on a wide screen in two columns.
void Dashboard::draw_graphs(const Detail& detail, Screen& screen) const {
  constexpr int kWide = 120, kLeast = 4, kGap = 2;
  if (detail.graphs.empty()) {
    screen.put(kBodyRow, 0, "no segment since it was opened", Look::quiet);
    return;
  }
  const Size size = screen.size();
  const int columns = size.columns >= kWide ? 2 : 1;
  const int width = (size.columns - (columns - 1) * kGap) / columns;
  const int all = static_cast<int>(detail.graphs.size());
  const int wanted = (all + columns - 1) / columns;
  const int rows = std::clamp(wanted, 1, std::max(1, lines_in(size) / kLeast));
  const int height = lines_in(size) / rows;
  for (int i = 0; i < std::min(all, rows * columns); ++i) {
    const Area area{kBodyRow + i / columns * height, i % columns * (width + kGap), height, width};
    draw_graph(detail.graphs[static_cast<std::size_t>(i)], area, ascii_, Look::good, screen);
  }
}

}  // namespace tapstat::tui
