// Graphs of values over time.
#include "tui/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tapstat::tui {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

[[nodiscard]] Series series(std::vector<double> values, GraphStyle style = GraphStyle::filled) {
  return {"Window", Unit::number, style, std::move(values)};
}

[[nodiscard]] Series ramp(int count, GraphStyle style = GraphStyle::filled) {
  Series ramp = series({}, style);
  for (int i = 0; i < count; ++i) ramp.values.push_back(i);
  return ramp;
}

[[nodiscard]] std::string drawn(const Series& series, Size size, bool ascii = false) {
  Screen screen(size, ascii);
  draw_graph(series, {0, 0, size.rows, size.columns}, ascii, Look::good, screen);
  return screen.text();
}

TEST(Graph, HasATitleAndAnAxis) {
  EXPECT_EQ(drawn(ramp(16), {4, 40}),
            "Window  last 15  max 15  min 0\n"
            "15┤                         ⢀⣀⣀⣤⣤⣴⣶⣶⣶⣶⣿⣿\n"
            "  │            ⣀⣀⣀⣀⣠⣤⣴⣶⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n"
            " 0┤⣀⣀⣠⣤⣤⣤⣤⣶⣶⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n");
}

TEST(Graph, ARampRisesDotByDot) {
  EXPECT_EQ(drawn(ramp(8), {3, 4}), "Win…\n  ⣠⣾\n⣠⣾⣿⣿\n");
  EXPECT_EQ(drawn(ramp(8, GraphStyle::line), {3, 4}), "Win…\n  ⡠⠊\n⡠⠊\n");
  EXPECT_EQ(drawn(ramp(6), {3, 6}, true), "Window\n   .:#\n.:####\n");
}

TEST(Graph, ALineHasNoGapsWhereItIsSteep) {
  EXPECT_EQ(drawn(series({0, 9, 9, 0}, GraphStyle::line), {3, 2}), "W…\n⢸⢱\n⡸⢸\n");
}

TEST(Graph, ColumnsShowTheGreatestOfTheirValues) {
  Series spike = series(std::vector<double>(1000, 1.0));
  spike.values[500] = 8;
  EXPECT_EQ(drawn(spike, {3, 4}), "Win…\n  ⡇\n⣤⣤⣧⣤\n");
}

TEST(Graph, NothingIsDrawnWhereThereIsNoValue) {
  EXPECT_EQ(drawn(series({4, 4, kNone, kNone, 0, 4}), {2, 3}), "Wi…\n⣿ ⣸\n");
  EXPECT_EQ(drawn(series({4, 4, kNone, kNone, 0, 4}), {2, 6}, true), "Window\n##  .#\n");
  const std::string infinite = drawn(series({4, HUGE_VAL, -HUGE_VAL, 4}), {2, 2});
  EXPECT_EQ(infinite, "W…\n⡇⢸\n");
}

TEST(Graph, ALineBeginsAnewAfterAGap) {
  EXPECT_EQ(drawn(series({0, kNone, 3, 3}, GraphStyle::line), {2, 2}), "W…\n⡀⠉\n");
}

TEST(Graph, WithoutValuesItSaysSo) {
  EXPECT_EQ(drawn(series({}), {3, 30}), "Window  no values\n\n\n");
  EXPECT_EQ(drawn(series({kNone, kNone}), {3, 30}), "Window  no values\n\n\n");
}

TEST(Graph, OneValueIsAsWideAsAll) {
  EXPECT_EQ(drawn(series({7}), {3, 30}),
            "Window  last 7  max 7  min 7\n"
            "7┤⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n"
            "0┤⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n");
}

TEST(Graph, AConstantLineLiesAtTheBottom) {
  EXPECT_EQ(drawn(series({7, 7, 7}, GraphStyle::line), {3, 12}), "Window\n │\n7┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀\n");
  EXPECT_EQ(drawn(series({0, 0}), {3, 12}), "Window\n │\n0┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀\n");
}

TEST(Graph, NegativeValuesAreBelow0) {
  EXPECT_EQ(drawn(series({-7, 0}), {3, 13}), "Window\n 0┤     ⣿⣿⣿⣿⣿\n-7┤⣀⣀⣀⣀⣀⣿⣿⣿⣿⣿\n");
}

TEST(Graph, TellsItsUnit) {
  Series of_time{"RTT", Unit::nanoseconds, GraphStyle::line, {1'200'000, 45'000}};
  EXPECT_EQ(drawn(of_time, {1, 60}), "RTT  last 45.0 us  max 1.2 ms  min 45.0 us\n");
  const Series of_bytes{"Window", Unit::bytes, GraphStyle::line, {65'536, 1e300}};
  EXPECT_EQ(drawn(of_bytes, {1, 20}), "Window  last 7994P\n");
}

TEST(Graph, LooksAsItIsTold) {
  Screen screen({3, 20});
  draw_graph(ramp(8), {0, 0, 3, 20}, false, Look::notable, screen);
  EXPECT_EQ(screen.at(0, 0).look, Look::title);
  EXPECT_EQ(screen.at(1, 0).look, Look::quiet) << "the axis";
  EXPECT_EQ(screen.at(2, 19).look, Look::notable);
}

TEST(Graph, NoAreaIsTooSmall) {
  EXPECT_EQ(drawn(ramp(100), {3, 1}), "…\n⢸\n⣿\n");
  EXPECT_EQ(drawn(ramp(100), {3, 1}, true), "~\n#\n#\n");
  EXPECT_EQ(drawn(ramp(100), {1, 1}), "…\n");
  for (const Size size : {Size{0, 40}, Size{10, 0}, Size{-1, -1}, Size{2, 2}, Size{10, 40}}) {
    Screen screen({12, 50});
    draw_graph(ramp(100), {1, 1, size.rows, size.columns}, false, Look::good, screen);
    for (int i = 0; i < 12; ++i) {
      EXPECT_EQ(screen.at(i, 0), Cell{});
      EXPECT_EQ(screen.at(i, 1 + std::max(size.columns, 0)), Cell{});
    }
    EXPECT_EQ(screen.at(1 + std::max(size.rows, 0), 1), Cell{});
  }
}

TEST(Graph, AScreenSmallerThanTheAreaIsNoHarm) {
  for (const Size size : {Size{0, 0}, Size{1, 1}, Size{3, 20}}) {
    Screen screen(size);
    draw_graph(ramp(100), {0, 0, 20, 75}, false, Look::good, screen);
    draw_graph(ramp(100), {-2, -2, 20, 75}, false, Look::good, screen);
    EXPECT_EQ(screen.size(), size);
  }
}

TEST(Graph, OfPlainAsciiHasNothingElse) {
  for (const GraphStyle style : {GraphStyle::filled, GraphStyle::line}) {
    for (int columns = 0; columns < 60; ++columns) {
      for (const char c : drawn(ramp(77, style), {7, columns}, true)) {
        ASSERT_LT(static_cast<unsigned char>(c), 0x80) << columns;
        ASSERT_NE(c, '?') << "what an ASCII screen makes of other characters";
      }
    }
  }
}

}  // namespace
}  // namespace tapstat::tui
