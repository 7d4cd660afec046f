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

TEST(Names, AreInEveryViewOfConversations) {
  const std::string flows = shell("$T flows -q -N -r $S/names.pcap").out;
  EXPECT_NE(flows.find("www.example.com:domain"), std::string::npos) << flows;
  const std::string flow = shell("$T flows -q -N --json -r $S/names.pcap udp").lines().at(1);
  EXPECT_NE(flow.find("\"name\":\"www.example.com\""), std::string::npos) << flow;
  for (const std::string view :
       {"events -r $S/web.pcap", "transitions", "ladder --connection 0", "report"}) {
    const std::string names = shell("$T " + view + " -q -N -r $S/names.pcap").out;
    EXPECT_NE(names.find("www.example.com:"), std::string::npos) << view << '\n' << names;
  }
}

// A port that nothing listens on, behind an answer that names its host.
TEST(Names, OfFindingsAreForPeople) {
  const std::string command = "$T findings -q -N -r $S/names.pcap -r $S/web.pcap";
  const std::string names = shell(command).out;
  EXPECT_NE(names.find("connection_refused  www.example.com:"), std::string::npos) << names;
  const std::string records = shell(command + " --json").out;
  EXPECT_NE(records.find("\"subject\":\"192.0.2.80:"), std::string::npos) << records;
  EXPECT_EQ(records.find("\"subject\":\"www."), std::string::npos) << records;
}

TEST(Names, CanBeAskedForByExpressions) {
  const Outcome outcome =
      shell("$T tcp -q -N --json -r $S/names.pcap --where 'server.name ~ \"net$\"'");
  EXPECT_EQ(outcome.lines().size(), 3u) << outcome.out;  // the capture's, too
  EXPECT_EQ(shell("$T tcp -q --json -r $S/names.pcap --where server.name").lines().size(), 1u);
}

}  // namespace
}  // namespace tapstat::test
