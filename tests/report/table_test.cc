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

}  // namespace
}  // namespace tapstat::report
