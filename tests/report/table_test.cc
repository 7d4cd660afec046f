#include "report/table.h"

#include <gtest/gtest.h>

#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({{"Id", Align::right}, {"Name"}, {"Last"}});
  table.add({Cell{"1"}, Cell{"a"}, Cell{"x"}});
  table.add({Cell{"100"}, Cell{"longer"}, Cell{"y"}});
  test::StringOutput out;
  table.print(out, false, "> ");
  EXPECT_EQ(out.text(),
            ">  Id  Name    Last\n"
            ">   1  a       x\n"
            "> 100  longer  y\n");
}

TEST(Table, LinesEndWithTheirLastCharacter) {
  Table table({{"A"}, {"B"}});
  table.add({Cell{"x"}, Cell{""}});
  test::StringOutput out;
  table.print(out, false);
  EXPECT_EQ(out.text(), "A  B\nx\n");
}

TEST(Table, ColoursTakeNoWidth) {
  Table table({{"A", Align::right}, {"B"}});
  table.add({Cell{"x"}, Cell{"long", Role::failed}});
  test::StringOutput out;
  table.print(out, true);
  EXPECT_EQ(out.text(), "A  B\nx  \x1b[31mlong\x1b[0m\n");
}

TEST(Table, AnArrowTakesOneColumn) {
  Table table({{"A"}, {"B"}});
  table.add({Cell{"1 → 2"}, Cell{"x"}});
  table.add({Cell{"long"}, Cell{"y"}});
  test::StringOutput out;
  table.print(out, false);
  EXPECT_EQ(out.text(),
            "A      B\n"
            "1 → 2  x\n"
            "long   y\n");
}

TEST(Table, RowsPrintedOneByOneAreThoseOfATableThatIsKept) {
  const std::vector<std::vector<Cell>> rows = {{Cell{"1"}, Cell{"a"}}, {Cell{"100"}, Cell{"b"}}};
  Table kept({{"Id", Align::right}, {"Name"}}), passing({{"Id", Align::right}, {"Name"}});
  for (const auto& row : rows) {
    kept.add(row);
    passing.measure(row);
  }
  test::StringOutput one, other;
  kept.print(one, false);
  passing.print_header(other, false);
  for (const auto& row : rows) passing.print_row(row, other, false);
  EXPECT_EQ(other.text(), one.text());
}

}  // namespace
}  // namespace tapstat::report
