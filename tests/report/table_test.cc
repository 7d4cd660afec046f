#include "report/table.h"

#include <gtest/gtest.h>

#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({{"Id", Align::right}, {"Name"}, {"Last"}});
  table.add({"1", "a", "x"});
  table.add({"100", "longer", "y"});
  test::StringOutput out;
  table.print(out, "> ");
  EXPECT_EQ(out.text(),
            ">  Id  Name    Last\n"
            ">   1  a       x\n"
            "> 100  longer  y\n");
}

}  // namespace
}  // namespace tapstat::report
