// The screen as a value: text is put where there is room, and nothing that moves a terminal.
#include "tui/screen.h"

#include <gtest/gtest.h>

namespace tapstat::tui {
namespace {

TEST(Screen, IsEmptyAtFirst) { EXPECT_EQ(Screen({2, 5}).text(), "\n\n"); }

TEST(Screen, TextStandsWhereItIsPut) {
  Screen screen({2, 10});
  EXPECT_EQ(screen.put(1, 2, "abc", Look::title), 5);
  EXPECT_EQ(screen.text(), "\n  abc\n");
  EXPECT_EQ(screen.at(1, 2).look, Look::title);
  EXPECT_EQ(screen.at(1, 5).look, Look::plain);
}

TEST(Screen, WhatHasNoRoomIsCutAndSaysSo) {
  Screen screen({1, 6});
  EXPECT_EQ(screen.put(0, 2, "abcdef"), 6);
  EXPECT_EQ(screen.text(), "  abc…\n");
  Screen other({1, 10});
  other.put(0, 0, "abcdef", Look::plain, 4);
  EXPECT_EQ(other.text(), "abc…\n");
  Screen exact({1, 3});
  exact.put(0, 0, "abc");
  EXPECT_EQ(exact.text(), "abc\n");
}

TEST(Screen, OfPlainAsciiHasNothingElse) {
  Screen screen({1, 6}, true);
  screen.put(0, 0, "é");
  screen.put(0, 2, "abcdef");
  EXPECT_EQ(screen.text(), "? abc~\n");
}

TEST(Screen, WhatLiesOutsideIsLeftOut) {
  Screen screen({1, 4});
  screen.put(-1, 0, "a");
  screen.put(1, 0, "a");
  screen.put(0, -1, "a");
  screen.put(0, 4, "a");
  screen.paint(1, Look::selected);
  EXPECT_EQ(screen, Screen({1, 4}));
  Screen none({0, 0});
  none.put(0, 0, "a");
  EXPECT_EQ(none.text(), "");
}

TEST(Screen, EachCharacterTakesAColumn) {
  Screen screen({1, 10});
  EXPECT_EQ(screen.put(0, 0, "é▲€😀"), 4);
  EXPECT_EQ(screen.at(0, 1).glyph, U'▲');
  EXPECT_EQ(screen.at(0, 3).glyph, U'😀');
  EXPECT_EQ(screen.text(), "é▲€😀\n");
}

TEST(Screen, NothingMovesTheTerminal) {
  Screen screen({1, 40});
  screen.put(0, 0,
             "a\x1b[2Jb\n\t\x7f\xc2\x9b"
             "c\xff\xe2\x82");
  EXPECT_EQ(screen.text(), "a?[2Jb????c??\?\n");
}

TEST(Screen, ARowIsPaintedWithItsText) {
  Screen screen({2, 3});
  screen.put(0, 0, "ab");
  screen.paint(0, Look::selected);
  EXPECT_EQ(screen.text(), "ab\n\n");
  EXPECT_EQ(screen.at(0, 2).look, Look::selected);
  EXPECT_EQ(screen.at(1, 0).look, Look::plain);
}

}  // namespace
}  // namespace tapstat::tui
