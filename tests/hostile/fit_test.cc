#include "tests/hostile/fit.h"

#include <gtest/gtest.h>

namespace tapstat::test {
namespace {

using report::Format;

TEST(Fit, TextHasNothingThatDrivesATerminal) {
  EXPECT_EQ(unfit_text("tapstat → ▲ ok\n"), std::nullopt);
  for (const std::string bad : {"a\x1b[2J", "\t", "\r", "\x7f", "\xc2\x9b", "\x9b", "\xe2\x80\xae",
                                "\xc0\x80", "\xed\xa0\x80", "\xe2\x82"}) {
    EXPECT_NE(unfit_text(bad), std::nullopt) << bad;
  }
}

TEST(Fit, ColoursAreAllowedWhereTheyAreAskedFor) {
  const std::string red = "\x1b[31mred\x1b[0m\n";
  EXPECT_EQ(unfit_text(red, {.color = true}), std::nullopt);
  EXPECT_NE(unfit_text(red), std::nullopt);
  EXPECT_NE(unfit_text("\x1b[2J", {.color = true}), std::nullopt);
  EXPECT_NE(unfit_text("→", {.ascii = true}), std::nullopt);
}

TEST(Fit, RecordsAreObjectsOfOneLineWithAType) {
  EXPECT_EQ(unfit_output("{\"type\":\"tcp\"}\n{\"type\":\"arp\"}\n", Format::json), std::nullopt);
  for (const std::string bad : {"{\"type\":\"tcp\"}", "{\"a\":1}\n", "{\"type\":\"tcp\",}\n", "\n",
                                "{\"type\":\"t\xff\"}\n", "{\"type\":\"a\"}{\"type\":\"b\"}\n"}) {
    EXPECT_NE(unfit_output(bad, Format::json), std::nullopt) << bad;
  }
}

TEST(Fit, LinesOfALogHaveAllFields) {
  EXPECT_EQ(unfit_output("#fields\tts\tuid\n1\t-\n#close\n", Format::zeek), std::nullopt);
  EXPECT_NE(unfit_output("#fields\tts\tuid\n1\t-\tx\n", Format::zeek), std::nullopt);
  EXPECT_NE(unfit_output("1\t-\n", Format::zeek), std::nullopt);
}

TEST(Fit, RowsHaveAsManyCellsAndNoFormulas) {
  EXPECT_EQ(unfit_output("a,b\n\"x, \"\"y\"\"\",-1.5\n,\n", Format::csv), std::nullopt);
  for (const std::string bad :
       {"a,b\n1\n", "a,b\n1,\"2\n", "a,b\n=1,2\n", "a,b\n1,\"=1,2\"\n", "a\n@x\n", "a\n1"}) {
    EXPECT_NE(unfit_output(bad, Format::csv), std::nullopt) << bad;
  }
}

TEST(Fit, GraphsAndTheirStringsEnd) {
  EXPECT_EQ(unfit_output("graph { \"a\\\"{\" }\n", Format::dot), std::nullopt);
  EXPECT_NE(unfit_output("graph { \"a\\\" }\n", Format::dot), std::nullopt);
  EXPECT_NE(unfit_output("graph {\n", Format::dot), std::nullopt);
}

}  // namespace
}  // namespace tapstat::test
