#include "tui/page.h"

#include <gtest/gtest.h>

namespace tapstat::tui {
namespace {

// A title, a table of three rows, a last line.
[[nodiscard]] Page some_page() {
  Page page;
  page.parts.emplace_back(Line{{"One "}, {"two", Look::failed}});
  Table table;
  table.columns = {{"Name", Align::left, 6, 0}, {"Number", Align::right, 6, 0}};
  table.sorted = 2;
  for (const char* name : {"a", "b", "c"}) table.rows.push_back({0, {{name}, {"7"}}, false});
  page.parts.emplace_back(table);
  page.parts.emplace_back(Line{{"end"}});
  return page;
}

[[nodiscard]] std::string drawn(std::uint64_t from, int rows) {
  Screen screen({rows, 20});
  draw(some_page(), from, {0, rows}, false, screen);
  return screen.text();
}

TEST(Page, StandsBelowEachOther) {
  EXPECT_EQ(height_of(some_page()), 6u);
  EXPECT_EQ(drawn(0, 7),
            "One two\nName         Number\na                 7\nb                 7\n"
            "c                 7\nend\n\n");
}

TEST(Page, HasTheLooksOfItsParts) {
  Screen screen({1, 20});
  draw(some_page(), 0, {0, 1}, false, screen);
  EXPECT_EQ(screen.at(0, 0).look, Look::plain);
  EXPECT_EQ(screen.at(0, 4).look, Look::failed);
}

TEST(Page, HeadingsStayAboveTheRowsThatAreSeen) {
  EXPECT_EQ(drawn(1, 3), "Name         Number\na                 7\nb                 7\n");
  EXPECT_EQ(drawn(3, 3), "Name         Number\nc                 7\nend\n");
  EXPECT_EQ(drawn(5, 3), "end\n\n\n");
}

TEST(Page, IsCutWhereTheLinesEnd) {
  EXPECT_EQ(drawn(0, 2), "One two\nName         Number\n");
  EXPECT_EQ(drawn(9, 2), "\n\n");
  Screen screen({4, 10});
  draw(some_page(), 0, {1, 3}, false, screen);
  EXPECT_EQ(screen.text(), "\nOne two\nName Numb…\n\n");
}

}  // namespace
}  // namespace tapstat::tui
