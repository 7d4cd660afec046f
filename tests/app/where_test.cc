// --where and --expect from outside.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/app/command.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

// Without the capture's.
[[nodiscard]] std::vector<json> records_of(const Outcome& outcome) {
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  std::vector<json> records = parse_records(outcome.out);
  if (!records.empty()) records.erase(records.begin());
  return records;
}

TEST(Where, KeepsTheRecordsThatMatch) {
  const auto all = records_of(shell("$T tcp -q --json -r $S/web.pcap"));
  const auto kept = records_of(
      shell("$T tcp -q --json -r $S/web.pcap --where 'state == CLOSE_WAIT and port == 80'"));
  std::vector<json> wanted;
  for (const json& record : all) {
    for (const char* end : {"client", "server"}) {
      if (record[end]["state"] == "CLOSE_WAIT" && record[end]["port"] == 80) {
        wanted.push_back(record);
      }
    }
  }
  EXPECT_EQ(wanted.size(), 4u);
  EXPECT_EQ(kept, wanted);
}

TEST(Where, KeepsLinesOfZeeksLogByTheirConnections) {
  const auto lines = [](const std::string& where) {
    const Outcome log = shell("$T tcp -q --format zeek -r $S/web.pcap" + where);
    EXPECT_EQ(log.code, 0) << log.err;
    const auto all = log.lines();
    return std::count_if(all.begin(), all.end(),
                         [](const std::string& line) { return !line.starts_with('#'); });
  };
  EXPECT_EQ(lines(" --where 'id == 3'"), 1);
  EXPECT_EQ(lines(" --where 'server.port == 1'"), 0);
  EXPECT_GT(lines(""), 20);
}

// A heading, and then a row a record.
TEST(Where, TextHasTheSameRows) {
  for (const auto& [view, where] : std::vector<std::pair<std::string, std::string>>{
           {"tcp", "server.port == 443"},
           {"states", "total > 3"},
           {"states", "server.port == 443"},
           {"transitions", "to == FIN_WAIT1 or cause ~ timer"},
           {"events", "kind == zero_window"},
           {"flows", "icmp.type == 135"},
           {"tcp --at +1", "age > 500ms"}}) {
    const std::string command = "$T " + view + " -q -r $S/web.pcap --where '" + where + "'";
    const auto all = records_of(shell("$T " + view + " -q --json -r $S/web.pcap"));
    const auto kept = records_of(shell(command + " --json"));
    EXPECT_LT(kept.size(), all.size()) << command;
    EXPECT_FALSE(kept.empty()) << command;
    EXPECT_EQ(shell(command).lines().size(), kept.size() + 1) << command;
  }
}

// A finding takes several lines, of which the first has no indent.
TEST(Where, TextHasTheSameFindings) {
  const std::string command = "$T findings -q -r $S/web.pcap --where 'kind == no_answer'";
  std::vector<std::string> lines = shell(command).lines();
  std::erase_if(lines, [](const std::string& line) { return line.starts_with(' '); });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("no_answer"), std::string::npos) << lines[0];
}

TEST(Where, StatesMayBeCountedOfSomeConnections) {
  const auto counts =
      records_of(shell("$T states -q --json -r $S/web.pcap --where 'server.port == 443'"));
  const auto connections =
      records_of(shell("$T tcp -q --json -r $S/web.pcap --where 'server.port == 443'"));
  std::size_t endpoints = 0;
  for (const json& count : counts) endpoints += count["total"].get<std::size_t>();
  EXPECT_EQ(endpoints, 2 * connections.size());
  const auto last = shell("$T states -q --every 1s -r $S/web.pcap --where 'server.port == 443'");
  EXPECT_EQ(last.code, 0);
  EXPECT_LT(last.out.size(), shell("$T states -q --every 1s -r $S/web.pcap").out.size());
}

TEST(Where, AReportIsAboutTheConnectionsThatMatch) {
  const auto records =
      records_of(shell("$T report -q --json -r $S/web.pcap --where 'client.ip == 198.51.100.15'"));
  std::size_t connections = 0, endpoints = 0;
  for (const json& record : records) {
    if (record["type"] == "tcp") ++connections;
    if (record["type"] == "state_count") endpoints += record["total"].get<std::size_t>();
  }
  EXPECT_EQ(connections, 3u);
  EXPECT_EQ(endpoints, 6u);
  const Outcome text = shell("$T -q $S/web.pcap --where 'client.ip == 198.51.100.15'");
  EXPECT_NE(text.out.find("TCP connections: 3\n"), std::string::npos);
  EXPECT_EQ(text.out.find("198.51.100.17"), std::string::npos);
}

TEST(Where, ALadderShowsTheStepsThatMatch) {
  const std::string command =
      "$T ladder -q --ascii -r $S/close.pcap --connection 12 --where 'flags ~ FIN'";
  EXPECT_EQ(records_of(shell(command + " --json")).size(), 3u);
  const Outcome text = shell(command);
  EXPECT_EQ(text.out.find("SYN seq"), std::string::npos);
}

TEST(Where, AgeCountsToTheInstantShown) {
  const std::string closed = "$T tcp -q --json -r $S/web.pcap --where 'state == CLOSE_WAIT and ";
  EXPECT_TRUE(records_of(shell(closed + "age > 1h'")).empty());
  EXPECT_EQ(records_of(shell(closed + "age > 1h' --at +3700")).size(), 4u);
}

TEST(Where, WhatIsWrongIsPointedAtBeforeAnythingIsRead) {
  const Outcome outcome = shell("$T tcp -r /nowhere/x --where 'rtt.maxx > 0.2'");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err,
            "tapstat: --where: unknown field; did you mean rtt.max?\n"
            "  rtt.maxx > 0.2\n"
            "  ^~~~~~~~\n");
  EXPECT_EQ(shell("$T tcp -r $S/web.pcap --where ''").code, 2);
  EXPECT_EQ(shell("$T tcp -r $S/web.pcap --where 'id == 1' --where 'id == 2'").code, 2);
  EXPECT_EQ(shell("$T tcp -r $S/web.pcap --expect 'count('").code, 2);
}

TEST(Where, FieldsAreListed) {
  const Outcome outcome = shell("$T tcp --fields");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("client.age"), std::string::npos);
  EXPECT_NE(outcome.out.find("handshake.client_rtt            a duration\n"), std::string::npos);
  EXPECT_NE(shell("$T transitions --fields").out.find("held"), std::string::npos);
}

TEST(Expect, OneThatHoldsSaysNothing) {
  const std::string plain = "$T tcp -q -r $S/web.pcap";
  const Outcome outcome =
      shell(plain + " --expect 'count() > 0' --expect 'count(state == LISTEN) == 0'");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.out, shell(plain).out);
}

TEST(Expect, EachThatDoesNotHoldIsNamedAfterTheView) {
  const Outcome outcome = shell(
      "$T tcp -q -r $S/web.pcap --expect 'count(state == CLOSE_WAIT) == 0' --expect 'count() > 0' "
      "--expect 'max(server.port) < 8k'");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, shell("$T tcp -q -r $S/web.pcap").out);
  EXPECT_EQ(outcome.err,
            "tapstat: --expect failed: count(state == CLOSE_WAIT) == 0: it is 4\n"
            "tapstat: --expect failed: max(server.port) < 8k: it is 8443\n");
}

TEST(Expect, SeesWhatWhereLeaves) {
  EXPECT_EQ(
      shell("$T -q $S/web.pcap --where 'port == 443' --expect 'count(server.port != 443) == 0' "
            "--expect 'count(server.port == 80) == 0'")
          .code,
      0);
  EXPECT_EQ(shell("$T states -q -r $S/web.pcap --expect 'sum(total, state == LISTEN) == 0'").code,
            0);
  EXPECT_EQ(shell("$T transitions -q -r $S/web.pcap --expect 'max(held) < 1ms'").code, 1);
}

TEST(Expect, FailureOutranksDamage) {
  const std::string whole = content_of(TAPSTAT_SAMPLES "/web.pcap");
  const TemporaryFile cut(whole.substr(0, whole.size() - 10));
  EXPECT_EQ(shell("$T tcp -q -r " + cut.path() + " --expect 'count() == 0'").code, 1);
  EXPECT_EQ(shell("$T tcp -q -r " + cut.path() + " --expect 'count() > 0'").code, 4);
  EXPECT_EQ(shell("$T tcp -q -r /nowhere/x --expect 'count() == 0'").code, 3);
  EXPECT_EQ(shell("$T tcp -q -r $S/web.pcap --expect 'count() == 0' >/dev/full").code, 5);
}

}  // namespace
}  // namespace tapstat::test
