// --names from outside.
#include <gtest/gtest.h>

#include "tests/app/command.h"

namespace tapstat::test {
namespace {

TEST(Names, AreThereOnlyWhereAskedFor) {
  const std::string numbers = shell("$T tcp -q -r $S/names.pcap").out;
  EXPECT_EQ(numbers.find("example"), std::string::npos);
  EXPECT_EQ(shell("$T tcp -q -N -n -r $S/names.pcap").out, numbers);
  const std::string names = shell("$T tcp -q -n -N -r $S/names.pcap").out;
  EXPECT_NE(names.find("www.example.com:"), std::string::npos);
  EXPECT_EQ(shell("$T tcp -q --names -r $S/names.pcap").out, names);
}

TEST(Names, CanBeAskedForByExpressions) {
  const Outcome outcome =
      shell("$T tcp -q -N --json -r $S/names.pcap --where 'server.name ~ \"net$\"'");
  EXPECT_EQ(outcome.lines().size(), 3u) << outcome.out;  // the capture's, too
  EXPECT_EQ(shell("$T tcp -q --json -r $S/names.pcap --where server.name").lines().size(), 1u);
}

}  // namespace
}  // namespace tapstat::test
