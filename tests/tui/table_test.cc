// A table on screens of any width.
#include "tui/table.h"

#include <gtest/gtest.h>

namespace tapstat::tui {
namespace {

[[nodiscard]] Table table() {
  Table table;
  table.columns = {
      {"Id", Align::right, 3, 1}, {"Name", Align::left, 5, 0}, {"Size", Align::right, 5, 2}};
  table.rows = {{7, {{"7"}, {"ab", Look::notable}, {"10"}}, false},
                {123, {{"123"}, {"abcdefgh"}, {"99999"}}, true}};
  table.total = 2;
  return table;
}

[[nodiscard]] std::string drawn(const Table& table, int width, bool ascii = false) {
  Screen screen({4, width});
  draw(table, 0, std::nullopt, {0, 4}, ascii, screen);
  return screen.text();
}

TEST(Table, ColumnsAreAligned) {
  EXPECT_EQ(drawn(table(), 15), "Id▲ Name   Size\n  7 ab       10\n123 abcd… 99999\n\n");
}

TEST(Table, MoreRoomIsForText) {
  EXPECT_EQ(drawn(table(), 18), "Id▲ Name      Size\n  7 ab          10\n123 abcdefgh 99999\n\n");
}

TEST(Table, OnANarrowScreenTheLeastColumnsGo) {
  EXPECT_EQ(drawn(table(), 10), "Id▲ Name\n  7 ab\n123 abcde…\n\n");
  EXPECT_EQ(drawn(table(), 8), "Name\nab\nabcdefgh\n\n");
  EXPECT_EQ(drawn(table(), 4), "Name\nab\nabc…\n\n");
}

TEST(Table, TellsWhatItIsSortedBy) {
  Table sorted = table();
  sorted.sorted = 2;
  sorted.is_descending = true;
  EXPECT_EQ(drawn(sorted, 15).find(" Id Name  Size▼\n"), 0u);
  EXPECT_EQ(drawn(sorted, 15, true).find(" Id Name  Sizev\n"), 0u);
}

TEST(Table, TheSelectedRowStandsOut) {
  Screen screen({4, 15});
  draw(table(), 0, 123, {0, 4}, false, screen);
  EXPECT_EQ(screen.at(2, 14).look, Look::selected);
  EXPECT_EQ(screen.at(1, 4).look, Look::notable);
  EXPECT_EQ(screen.at(1, 14).look, Look::plain);
}

TEST(Table, WhatIsOverIsQuiet) {
  Screen screen({4, 15});
  draw(table(), 0, std::nullopt, {0, 4}, false, screen);
  EXPECT_EQ(screen.at(2, 0).look, Look::quiet);
}

TEST(Table, RowsAboveArePassedOver) {
  Screen screen({4, 15});
  draw(table(), 1, std::nullopt, {0, 4}, false, screen);
  EXPECT_EQ(screen.text(), "Id▲ Name   Size\n123 abcd… 99999\n\n\n");
}

TEST(Table, DoesNotDrawBelowItsPlace) {
  Screen screen({4, 15});
  draw(table(), 0, std::nullopt, {1, 3}, false, screen);
  EXPECT_EQ(screen.text(), "\nId▲ Name   Size\n  7 ab       10\n\n");
}

}  // namespace
}  // namespace tapstat::tui
