#include "tui/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "tui/numbers.h"

namespace tapstat::tui {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Facts {
  double last;
  double greatest;
  double least;
};

// nullopt: there is no value.
[[nodiscard]] std::optional<Facts> facts_of(std::span<const double> values) {
  std::optional<Facts> facts;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    if (!facts) facts = {value, value, value};
    facts = {value, std::max(facts->greatest, value), std::min(facts->least, value)};
  }
  return facts;
}

[[nodiscard]] std::string text_of(double value, Unit unit) {
  constexpr double kMost = 9e18;  // which integers of 64 bits have room for
  switch (unit) {
    case Unit::number:
      break;
    case Unit::bytes:
      return short_bytes(static_cast<std::uint64_t>(std::clamp(value, 0.0, kMost)));
    case Unit::nanoseconds:
      return short_duration(
          std::chrono::nanoseconds(static_cast<std::int64_t>(std::clamp(value, -kMost, kMost))));
  }
  return short_number(value);
}

// The greatest of those that share a column, for each of so many columns; few values are each
// several columns wide.
[[nodiscard]] std::vector<double> scaled_to(std::span<const double> values, std::size_t width) {
  std::vector<double> scaled;
  for (std::size_t i = 0; i < width && !values.empty(); ++i) {
    const std::size_t from = i * values.size() / width;
    const std::size_t to = std::max((i + 1) * values.size() / width, from + 1);
    const auto facts = facts_of(values.subspan(from, to - from));
    scaled.push_back(facts ? facts->greatest : kNone);
  }
  return scaled;
}

// The dots of a cell, by which a graph is finer than its cells.
struct Dots {
  int across;
  int up;
};
constexpr Dots kBraille{2, 4};
constexpr Dots kAscii{1, 3};

// The dots of a column that are set, counted from below: from `low` on and before `high`.
struct Bar {
  int low = 0;
  int high = 0;
};

// What lies at the bottom and at the top.
struct Range {
  double low;
  double high;
};

[[nodiscard]] Range range_of(const Facts& facts, GraphStyle style) {
  if (style == GraphStyle::line) return {facts.least, facts.greatest};
  return {std::min(facts.least, 0.0), std::max(facts.greatest, 0.0)};
}

// The lowest dot, too, stands for a value: a column without any dot has none.
[[nodiscard]] int dot_of(double value, const Range& range, int dots) {
  if (range.high <= range.low) return 0;
  const double share = value / (range.high - range.low) - range.low / (range.high - range.low);
  return std::clamp(static_cast<int>(std::lround(share * (dots - 1))), 0, dots - 1);
}

[[nodiscard]] std::vector<Bar> bars_of(std::span<const double> values, const Range& range,
                                       GraphStyle style, int dots) {
  std::vector<Bar> bars;
  std::optional<int> before;
  for (const double value : values) {
    if (!std::isfinite(value)) {
      bars.emplace_back();
      before.reset();
      continue;
    }
    const int dot = dot_of(value, range, dots);
    if (style == GraphStyle::filled) {
      bars.push_back({0, dot + 1});
    } else {  // it meets the dot before
      const int met = before.value_or(dot);
      bars.push_back({met < dot ? met + 1 : dot, std::max(met, dot + 1)});
    }
    before = dot;
  }
  return bars;
}

[[nodiscard]] std::string braille_of(std::span<const Bar> two, int lowest) {
  // From below, as Unicode counts them from above.
  constexpr std::array<std::array<unsigned, 4>, 2> kBits = {
      {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}}};
  unsigned bits = 0;
  for (std::size_t x = 0; x < two.size(); ++x) {
    for (int y = 0; y < kBraille.up; ++y) {
      if (lowest + y >= two[x].low && lowest + y < two[x].high) {
        bits |= kBits[x][static_cast<std::size_t>(y)];
      }
    }
  }
  if (bits == 0) return " ";
  return {'\xe2', static_cast<char>(0xa0 | bits >> 6), static_cast<char>(0x80 | (bits & 0x3f))};
}

[[nodiscard]] std::string ascii_of(const Bar& bar, int lowest) {
  constexpr std::string_view kGlyphs = " .:#";
  const int set = std::min(bar.high, lowest + kAscii.up) - std::max(bar.low, lowest);
  return {kGlyphs[static_cast<std::size_t>(std::clamp(set, 0, kAscii.up))]};
}

void draw_plot(const Series& series, const Range& range, const Area& area, bool ascii, Look look,
               Screen& screen) {
  const Dots dots = ascii ? kAscii : kBraille;
  const auto across = static_cast<std::size_t>(dots.across);
  const auto values =
      scaled_to(series.values, static_cast<std::size_t>(std::max(area.columns, 0)) * across);
  const auto bars = bars_of(values, range, series.style, area.rows * dots.up);
  for (int row = 0; row < area.rows; ++row) {
    const int lowest = (area.rows - 1 - row) * dots.up;
    std::string line;
    for (std::size_t at = 0; at < bars.size(); at += across) {
      const auto cell = std::span(bars).subspan(at, across);
      line += ascii ? ascii_of(cell[0], lowest) : braille_of(cell, lowest);
    }
    put(screen, area, row, 0, line, look);
  }
}

void draw_heading(const Series& series, const std::optional<Facts>& facts, const Area& area,
                  Screen& screen) {
  constexpr int kGap = 2;
  int at = put(screen, area, 0, 0, series.title, Look::title) + kGap;
  if (!facts) {
    put(screen, area, 0, at, "no values", Look::quiet);
    return;
  }
  for (const auto& [name, value] :
       {std::pair{"last", facts->last}, {"max", facts->greatest}, {"min", facts->least}}) {
    const std::string text = fmt::format("{} {}", name, text_of(value, series.unit));
    if (at + width_of(text) > area.columns) return;
    at = put(screen, area, 0, at, text) + kGap;
  }
}

// The ends of the range beside the plot. Returns the columns that it takes: none where that would
// leave little for the plot.
[[nodiscard]] int draw_axis(Unit unit, const Range& range, const Area& area, bool ascii,
                            Screen& screen) {
  constexpr int kLeastPlot = 8;
  const std::string high = text_of(range.high, unit), low = text_of(range.low, unit);
  const int width = std::max(width_of(high), width_of(low));
  if (area.columns < width + 1 + kLeastPlot) return 0;
  const auto label = [&](int row, const std::string& text) {
    put(screen, area, row, width - width_of(text), text, Look::quiet);
    put(screen, area, row, width, ascii ? "+" : "┤", Look::quiet);
  };
  for (int row = 0; row < area.rows; ++row) {
    put(screen, area, row, width, ascii ? "|" : "│", Look::quiet);
  }
  if (low != high) label(0, high);
  if (area.rows > 1 || low == high) label(area.rows - 1, low);
  return width + 1;
}

}  // namespace

void draw_graph(const Series& series, const Area& area, bool ascii, Look look, Screen& screen) {
  const auto facts = facts_of(series.values);
  draw_heading(series, facts, area, screen);
  if (!facts || area.rows < 2) return;
  const Range range = range_of(*facts, series.style);
  Area plot{area.top + 1, area.left, area.rows - 1, area.columns};
  const int axis = draw_axis(series.unit, range, plot, ascii, screen);
  plot.left += axis;
  plot.columns -= axis;
  draw_plot(series, range, plot, ascii, look, screen);
}

}  // namespace tapstat::tui
