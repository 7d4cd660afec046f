// The options of the view lvs.
#include <gtest/gtest.h>

#include "tests/app/command.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

void expect_refused(const Outcome& outcome, int code, const std::string& says) {
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  ASSERT_EQ(outcome.err_lines().size(), 1u) << outcome.err;
  EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
}

TEST(LvsOptions, GoWithTheirViewOnly) {
  expect_refused(shell("$T tcp --triage 10.0.0.1 -r $S/web.pcap"), 2, "--triage");
  expect_refused(shell("$T nat --ipvs-config /dev/null -r $S/web.pcap"), 2, "--ipvs-config");
}

TEST(LvsOptions, TriageTakesAnAddressWithOrWithoutAPort) {
  for (const char* client : {"10.0.0.1", "10.0.0.1:80", "fd00::1", "[fd00::1]", "[fd00::1]:80"}) {
    const Outcome outcome =
        shell(std::string{"$T lvs -q --json -r $S/web.pcap --triage '"} + client + "'");
    EXPECT_EQ(outcome.code, 0) << client << outcome.err;
    ASSERT_EQ(outcome.lines().size(), 2u) << client;
    const json record = parse_json(outcome.lines()[1]);
    EXPECT_EQ(record["type"], "lvs_triage");
    EXPECT_EQ(record["reached"]["answer"], "no");
  }
  for (const char* client : {"10.0.0.1:", "10.0.0.1:x", "10.0.0", "fd00::1:99999", "[fd00::1"}) {
    expect_refused(shell(std::string{"$T lvs -r $S/web.pcap --triage '"} + client + "'"), 2,
                   client);
  }
}

TEST(LvsOptions, KindsOfToaAreNumbersOfTcpOptions) {
  EXPECT_EQ(shell("$T lvs -q --toa-kind 230,254 -r $S/web.pcap").code, 0);
  expect_refused(shell("$T lvs --toa-kind 300 -r $S/web.pcap"), 2, "300");
  expect_refused(shell("$T lvs --toa-kind x -r $S/web.pcap"), 2, "--toa-kind");
}

TEST(LvsOptions, AClientThatNobodyForwardsIsFollowedAsFarAsItIsSeen) {
  const Outcome outcome = shell("$T lvs -q --json -r $S/web.pcap --triage 198.51.100.18:40180");
  ASSERT_EQ(outcome.lines().size(), 2u);
  const json record = parse_json(outcome.lines()[1]);
  EXPECT_EQ(record["vip"], "192.0.2.80");
  EXPECT_EQ(record["reached"]["frame"], 4);
  EXPECT_EQ(record["forwarded"]["answer"], "no");
  EXPECT_EQ(record["answered"]["answer"], "no");
}

TEST(LvsOptions, AConfigurationIsReadOrRefusedByLine) {
  const TemporaryFile right(
      "-A -t 192.0.2.80:80 -s rr\n-a -t 192.0.2.80:80 -r 10.0.0.5:80 -m -w 1\n");
  const Outcome outcome = shell("$T lvs -q --json -r $S/web.pcap --ipvs-config " + right.path());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  ASSERT_EQ(outcome.lines().size(), 2u);
  EXPECT_EQ(parse_json(outcome.lines()[1])["kind"], "service_not_seen");
  const TemporaryFile wrong("-A -t 192.0.2.80:80 -s rr\nhello\n");
  expect_refused(shell("$T lvs -r $S/web.pcap --ipvs-config " + wrong.path()), 2,
                 wrong.path() + ": line 2: hello");
  expect_refused(shell("$T lvs -r $S/web.pcap --ipvs-config /nonexistent"), 3, "/nonexistent");
  expect_refused(shell("$T lvs -r $S/web.pcap --ipvs-config /"), 3, "/: Is a directory");
}

TEST(LvsOptions, ACaptureWithoutADirectorIsASentence) {
  const Outcome lvs = shell("$T lvs -q -r $S/web.pcap");
  EXPECT_EQ(lvs.code, 0);
  EXPECT_EQ(lvs.out.find("No virtual service: "), 0u) << lvs.out;
  const Outcome nat = shell("$T nat -q -r $S/web.pcap");
  EXPECT_EQ(nat.out.find("No translation: "), 0u) << nat.out;
}

}  // namespace
}  // namespace tapstat::test
