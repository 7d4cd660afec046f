#include "report/printable.h"

#include <gtest/gtest.h>

namespace tapstat::report {
namespace {

TEST(Printable, LeavesWhatIsShown) {
  for (const std::string text : {"", "eth0", "Büro 2 ▲", "\xf0\x9f\x90\xa7", "a\"\\'<&="}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, ControlCharactersOfAnySetBecomeQuestionMarks) {
  EXPECT_EQ(printable("a\x1b[2J\tb\n\x7f"), "a?[2J?b??");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m\xc2\x80"),
            "?31m?");
}

TEST(Printable, WhatTurnsTheOrderOfTextBecomesOne) {
  EXPECT_EQ(printable("\xe2\x80\xaepcap.exe\xe2\x81\xa9"), "?pcap.exe?");
}

TEST(Printable, EachByteThatIsNoUtf8BecomesOne) {
  EXPECT_EQ(printable("\x9b\xff"), "\x3f\x3f");          // lone bytes: C1 in an 8-bit terminal
  EXPECT_EQ(printable("\xc0\x9b"), "\x3f\x3f");          // longer than it need be
  EXPECT_EQ(printable("\xed\xa0\x80"), "\x3f\x3f\x3f");  // half of a surrogate pair
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\x3f\x3f\x3f\x3f");  // beyond U+10FFFF
  EXPECT_EQ(printable("\xe2\x82"), "\x3f\x3f");                  // cut off
}

TEST(Printable, SomeMayStay) { EXPECT_EQ(printable("a\nb\tc", "\n"), "a\nb?c"); }

}  // namespace
}  // namespace tapstat::report
