// tcp --stream: each connection is printed when it ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/app/command.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

[[nodiscard]] std::vector<json> records_of(const std::string& command) {
  return parse_records(shell(command).out);
}

[[nodiscard]] std::map<std::uint64_t, json> connections_of(const std::string& command) {
  std::map<std::uint64_t, json> connections;
  for (json& record : records_of(command)) {
    if (record["type"] != "tcp") continue;
    const auto id = record["id"].get<std::uint64_t>();
    EXPECT_TRUE(connections.emplace(id, std::move(record)).second) << id << " is told twice";
  }
  return connections;
}

// Who had the ports before is forgotten by then.
[[nodiscard]] json without_reused_ports(json events) {
  if (events.is_object()) events.erase("reused_ports");
  return events.empty() ? json{} : events;
}

class Stream : public testing::TestWithParam<const char*> {};

TEST_P(Stream, TellsEachConnectionOnce) {
  const std::string options = std::string("--json -q -r $S/") + GetParam();
  const auto all = connections_of("$T tcp " + options);
  const auto streamed = connections_of("$T tcp --stream " + options);
  ASSERT_EQ(streamed.size(), all.size());
  for (const auto& [id, record] : all) {
    const json& other = streamed.at(id);
    for (const char* what : {"first", "last", "rtt", "closed_by", "history"}) {
      EXPECT_EQ(other.value(what, json{}), record.value(what, json{})) << id << ' ' << what;
    }
    EXPECT_EQ(without_reused_ports(other.value("events", json{})),
              without_reused_ports(record.value("events", json{})))
        << id;
    for (const char* end : {"client", "server"}) {
      for (const char* what : {"ip", "port", "packets", "bytes", "isn"}) {
        EXPECT_EQ(other[end].value(what, json{}), record[end].value(what, json{})) << id;
      }
    }
  }
}

TEST_P(Stream, DoesNotDependOnJobs) {
  for (const std::string form : {"--json", "--format text"}) {
    const std::string options = form + " -q -r $S/" + GetParam();
    const std::string one = shell("$T tcp --stream " + options).out;
    EXPECT_GT(one.size(), 300u);
    EXPECT_EQ(shell("$T tcp --stream --jobs 2 " + options).out, one);
    EXPECT_EQ(shell("$T tcp --stream --jobs 3 " + options).out, one);
  }
}

INSTANTIATE_TEST_SUITE_P(Samples, Stream,
                         testing::Values("close.pcap", "handshake-loss.pcap", "ipv6.pcap",
                                         "web.pcapng", "lab/client_side.pcap.gz"));

TEST(StreamOption, ConnectionsComeInTheOrderInWhichTheyEnd) {
  const auto records = records_of("$T tcp --stream --json -q -r $S/lab/client_side.pcap.gz");
  std::vector<double> ended;
  std::vector<std::uint64_t> left;
  for (const json& record : records) {
    if (record["type"] != "tcp") continue;
    const bool is_left = !left.empty() || !record.contains("closed_by");
    if (!is_left) ended.push_back(record["last"].get<double>());
    if (is_left) left.push_back(record["id"].get<std::uint64_t>());
  }
  EXPECT_GT(ended.size(), 10u);
  EXPECT_TRUE(std::is_sorted(left.begin(), left.end()));
}

// At first nobody knows what there will be.
TEST(StreamOption, CountsAreToldLast) {
  const auto records = records_of("$T tcp --stream --json -q -r $S/close.pcap");
  const auto whole = records_of("$T tcp --json -q -r $S/close.pcap");
  ASSERT_GT(records.size(), 2u);
  EXPECT_EQ(records.front()["type"], "capture");
  EXPECT_EQ(records.front()["inputs"][0]["path"], whole.front()["inputs"][0]["path"]);
  EXPECT_FALSE(records.front().contains("packets"));
  EXPECT_FALSE(records.front()["inputs"][0].contains("packets"));
  EXPECT_EQ(records.back(), whole.front());
}

TEST(StreamOption, GoesWithTheViewTcp) {
  const std::vector<std::string> wrong = {"states --stream", "report --stream",
                                          "tcp --stream --format zeek", "tcp --stream --at +1",
                                          "tcp --stream --from +1"};
  for (const std::string& command : wrong) {
    const Outcome outcome = shell("$T " + command + " -r $S/close.pcap");
    EXPECT_EQ(outcome.code, 2) << command;
    EXPECT_EQ(outcome.out, "") << command;
    EXPECT_NE(outcome.err.find("--stream"), std::string::npos) << outcome.err;
  }
}

TEST(StreamOption, IsFilteredAndExpectedOf) {
  const std::string options = " --json -q -r $S/lab/client_side.pcap.gz";
  const std::string where = " --where 'closed_by == client'";
  const auto some = connections_of("$T tcp" + where + options);
  const auto streamed = connections_of("$T tcp --stream" + where + options);
  ASSERT_GT(some.size(), 0u);
  EXPECT_EQ(streamed.size(), some.size());
  const std::string count = std::to_string(connections_of("$T tcp" + options).size());
  EXPECT_EQ(shell("$T tcp --stream --expect 'count() == " + count + "'" + options).code, 0);
  EXPECT_EQ(shell("$T tcp --stream --expect 'count() > " + count + "'" + options).code, 1);
}

TEST(StreamOption, TextHasAHeaderWithoutAnyConnection) {
  const Outcome outcome = shell("$T tcp --stream -q -r $S/arp-stp.pcap");
  EXPECT_EQ(outcome.code, 0);
  ASSERT_EQ(outcome.lines().size(), 1u);
  EXPECT_EQ(outcome.lines().front().find("     Id  Client"), 0u);
}

}  // namespace
}  // namespace tapstat::test
