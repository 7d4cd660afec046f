// --jobs: what is printed does not depend on it.
#include <gtest/gtest.h>

#include <string>

#include "tests/app/command.h"

namespace tapstat::test {
namespace {

class Jobs : public testing::TestWithParam<const char*> {};

// One after the other in one shell: starting programs is what takes the time.
[[nodiscard]] std::string views_of(const std::string& capture, const std::string& jobs) {
  const std::string options = " -q -r $S/" + capture + " --jobs " + jobs + "; ";
  std::string command;
  for (const char* view :
       {"tcp", "tcp --json", "states", "transitions --json", "events --json", "findings", "report",
        "ladder --connection 0", "tcp --json --at +0.5", "tcp --format zeek"}) {
    command += "$T " + std::string(view) + options;
  }
  const Outcome outcome = shell(command);
  EXPECT_EQ(outcome.err, "");
  return outcome.out;
}

TEST_P(Jobs, PrintTheSameBytes) {
  const std::string one = views_of(GetParam(), "1");
  EXPECT_GT(one.size(), 1000u);
  EXPECT_EQ(views_of(GetParam(), "2"), one);
  EXPECT_EQ(views_of(GetParam(), "3"), one);
}

INSTANTIATE_TEST_SUITE_P(Samples, Jobs,
                         testing::Values("close.pcap", "handshake-loss.pcap", "ipv6.pcap",
                                         "web.pcapng"));

TEST(JobsOption, IsANumberOfThreads) {
  for (const std::string wrong : {"0", "65", "-1", "1.5", "many"}) {
    const Outcome outcome = shell("$T states -r $S/close.pcap --jobs " + wrong);
    EXPECT_EQ(outcome.code, 2) << wrong;
    EXPECT_EQ(outcome.out, "") << wrong;
    EXPECT_NE(outcome.err.find("--jobs"), std::string::npos) << outcome.err;
  }
}

}  // namespace
}  // namespace tapstat::test
