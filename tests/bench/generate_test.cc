// What tapstat_generate writes is what tapstat says of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/app/command.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

struct Told {
  int packets = 0;
  int not_understood = 0;  // undecoded and malformed
  double first = 0;
  double last = 0;
  std::vector<json> records;
};

[[nodiscard]] std::string generated(const std::string& options) {
  const Outcome outcome = shell(TAPSTAT_GENERATE " - " + options);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return outcome.out;
}

// tapstat's records of one view of what the generator makes.
[[nodiscard]] Told told(const std::string& options, const std::string& view) {
  const Outcome outcome =
      shell(TAPSTAT_GENERATE " - " + options + " | $T " + view + " -q --json -r -");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  Told told;
  for (const std::string& line : outcome.lines()) {
    json record = parse_json(line);
    if (record["type"] == "capture") {
      told.packets = record["packets"];
      told.not_understood = record["undecoded"].get<int>() + record["malformed"].get<int>();
      told.first = record["first"];
      told.last = record["last"];
    } else {
      told.records.push_back(std::move(record));
    }
  }
  return told;
}

[[nodiscard]] bool is_over(const json& end) {
  return end["state"] == "CLOSED" || end["state"] == "TIME_WAIT";
}

[[nodiscard]] bool is_over_at_both_ends(const json& connection) {
  return is_over(connection["client"]) && is_over(connection["server"]);
}

[[nodiscard]] int packets_of(const json& connection) {
  return connection["client"]["packets"].get<int>() + connection["server"]["packets"].get<int>();
}

constexpr const char* kAllSorts =
    "--flows 100 --snaplen 262144 --loss 2 --ipv6 40 --vlan 30 --vxlan 20 --gre 20 --established "
    "50 ";

TEST(Generate, TheSameSeedMakesTheSameFile) {
  const std::string options = std::string{kAllSorts} + "--packets 2000";
  const std::string file = generated(options);
  EXPECT_GT(file.size(), 200'000u);
  EXPECT_EQ(file, generated(options));
  EXPECT_NE(file, generated(options + " --seed 2"));
}

TEST(Generate, FewerPacketsMakeTheBeginningOfTheSameFile) {
  const std::string file = generated(std::string{kAllSorts} + "--packets 2000");
  const std::string shorter = generated(std::string{kAllSorts} + "--packets 500");
  EXPECT_EQ(shorter, file.substr(0, shorter.size()));
}

// With --checksums a packet whose checksum is wrong would be left out.
TEST(Generate, EveryPacketIsWhole) {
  const Told plain = told(std::string{kAllSorts} + "--packets 3000", "tcp");
  const Told checked = told(std::string{kAllSorts} + "--packets 3000", "tcp --checksums");
  EXPECT_EQ(plain.packets, 3000);
  EXPECT_EQ(plain.not_understood, 0);
  EXPECT_EQ(plain.records, checked.records);
  int packets = 0;
  for (const json& connection : checked.records) packets += packets_of(connection);
  EXPECT_EQ(packets, 3000);
}

TEST(Generate, EachConnectionTravelsAsAsked) {
  for (const json& connection : told("--packets 500 --flows 20 --vlan 100", "tcp").records) {
    EXPECT_EQ(connection["vlan"].size(), 1u) << connection;
    EXPECT_FALSE(connection.contains("tunnel")) << connection;
  }
  for (const std::string kind : {"vxlan", "gre"}) {
    // 96 bytes would not hold the inner TCP header.
    const std::string options = "--packets 500 --flows 20 --snaplen 160 --" + kind + " 100";
    const auto connections = told(options, "tcp").records;
    ASSERT_FALSE(connections.empty());
    for (const json& connection : connections) {
      EXPECT_EQ(connection["tunnel"][0]["kind"], kind) << connection;
    }
  }
  for (const json& connection : told("--packets 500 --flows 20 --ipv6 100", "tcp").records) {
    EXPECT_NE(connection["client"]["ip"].get<std::string>().find(':'), std::string::npos);
  }
}

TEST(Generate, ChurnOpensAndClosesEachOfItsConnections) {
  const Told churn = told("--profile churn --packets 2000", "tcp");
  EXPECT_EQ(churn.packets, 2000);
  EXPECT_EQ(churn.records.size(), 200u);
  for (const json& connection : churn.records) {
    EXPECT_TRUE(is_over_at_both_ends(connection)) << connection;
    EXPECT_TRUE(connection["handshake"]["complete"]) << connection;
    EXPECT_EQ(packets_of(connection), 10) << connection;
  }
}

TEST(Generate, OpenConnectionsStayOpen) {
  const Told open = told("--profile open --connections 150", "tcp");
  EXPECT_EQ(open.records.size(), 150u);
  for (const json& connection : open.records) {
    EXPECT_EQ(connection["client"]["state"], "ESTABLISHED") << connection;
    EXPECT_EQ(connection["server"]["state"], "ESTABLISHED") << connection;
    EXPECT_EQ(packets_of(connection), 6) << connection;
  }
}

TEST(Generate, LossIsRepairedAndEveryConnectionEnds) {
  const Told lossy = told("--connections 200 --flows 50 --loss 3", "tcp");
  EXPECT_EQ(lossy.records.size(), 200u);
  std::map<std::string, int> events;
  for (const json& connection : lossy.records) {
    EXPECT_TRUE(is_over_at_both_ends(connection)) << connection;
    for (const auto& [kind, count] : connection["events"].items()) events[kind] += count.get<int>();
  }
  for (const char* kind : {"duplicate_ack", "fast_retransmission", "retransmission"}) {
    EXPECT_GT(events[kind], 20) << kind;
  }
  const Told clean = told("--connections 200 --flows 50 --loss 0", "events");
  EXPECT_TRUE(clean.records.empty()) << clean.records[0];
}

TEST(Generate, ConnectionsEnteredMidStreamHaveNoHandshake) {
  const Told entered = told("--packets 400 --flows 100 --established 100", "tcp");
  const auto guessed = std::count_if(entered.records.begin(), entered.records.end(),
                                     [](const json& c) { return c["roles"] == "guessed"; });
  EXPECT_GT(guessed, 80);
}

TEST(Generate, RealConnectionsLastAsLongAsTheFlood) {
  const Told flood = told("--profile flood --sources 2000 --real 10", "tcp");
  EXPECT_EQ(flood.records.size(), 2010u);
  const double duration = flood.last - flood.first;
  int real = 0;
  for (const json& connection : flood.records) {
    const std::string client = connection["client"]["ip"];
    if (client.substr(0, 5) != "10.9.") {
      EXPECT_EQ(connection["client"]["state"], "SYN_SENT") << connection;
      continue;
    }
    ++real;
    EXPECT_TRUE(is_over_at_both_ends(connection)) << connection;
    EXPECT_LT(connection["first"].get<double>() - flood.first, 0.05 * duration);
    EXPECT_GT(connection["last"].get<double>() - flood.first, 0.95 * duration);
  }
  EXPECT_EQ(real, 10);
}

TEST(Generate, AFloodMayBeAnswered) {
  const Told flood = told("--profile flood --packets 400 --real 0 --answered", "tcp");
  EXPECT_EQ(flood.packets, 400);
  EXPECT_EQ(flood.records.size(), 200u);
  for (const json& connection : flood.records) EXPECT_EQ(packets_of(connection), 2) << connection;
}

TEST(Generate, UnknownProfilesAreRefused) {
  EXPECT_NE(shell(TAPSTAT_GENERATE " - --profile nonsense").code, 0);
  EXPECT_EQ(shell(TAPSTAT_GENERATE " --help").code, 0);
}

}  // namespace
}  // namespace tapstat::test
