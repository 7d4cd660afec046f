// The view of events from outside.
#include <gtest/gtest.h>

#include <map>

#include "tests/app/command.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

// Without the capture record.
[[nodiscard]] std::vector<json> records(const std::string& command) {
  const Outcome outcome = shell("$T " + command + " -q --json");
  EXPECT_EQ(outcome.code, 0) << command << ": " << outcome.err;
  std::vector<json> records;
  for (const std::string& line : outcome.lines()) {
    if (json record = parse_json(line); record["type"] != "capture") records.push_back(record);
  }
  return records;
}

constexpr const char* kSamples[] = {"web.pcap", "findings/heavy-retransmission.pcap",
                                    "findings/zero-window-stall.pcap"};

TEST(EventsCommand, SaysWhatHappenedToWhom) {
  const Outcome outcome = shell("$T events -q --utc -r $S/web.pcap");
  EXPECT_EQ(outcome.code, 0);
  const auto lines = outcome.lines();
  ASSERT_GT(lines.size(), 1u);
  for (const char* title : {"Time", "Frame", "Id", "End", "Sender", "Receiver", "Event"}) {
    EXPECT_NE(lines[0].find(title), std::string::npos) << lines[0];
  }
  EXPECT_EQ(lines.size(), records("events -r $S/web.pcap").size() + 1);
}

TEST(EventsCommand, FollowsTheFrames) {
  for (const std::string sample : kSamples) {
    std::uint64_t frame = 0;
    for (const json& event : records("events -r $S/" + sample)) {
      EXPECT_EQ(event["type"], "event");
      EXPECT_LE(frame, event["frame"].get<std::uint64_t>());
      frame = event["frame"];
      EXPECT_EQ(event.contains("number"), event["kind"] == "duplicate_ack") << event;
    }
    EXPECT_GT(frame, 0u) << sample;
  }
}

// Each is one of those that the record of its connection counts.
TEST(EventsCommand, AreThoseThatConnectionsCount) {
  for (const std::string sample : kSamples) {
    std::map<std::string, json> counted;
    for (const json& event : records("events -r $S/" + sample)) {
      const std::string end = event["end"];
      json& count = counted[event["connection"].dump() + end];
      if (count.is_null()) count = json::object();
      const std::string kind = event["kind"];
      count[kind] = count.value(kind, 0) + 1;
    }
    for (const json& c : records("tcp -r $S/" + sample)) {
      for (const std::string end : {"client", "server"}) {
        const auto found = counted.find(c["id"].dump() + end);
        const json events = found == counted.end() ? json::object() : found->second;
        EXPECT_EQ(c[end].value("events", json::object()), events) << sample << c;
      }
    }
  }
}

TEST(EventsCommand, BetweenTwoInstantsIsAPartOfAll) {
  const std::string sample = "-r $S/web.pcap";
  const auto all = records("events " + sample);
  const json capture = parse_json(shell("$T events -q --json " + sample).lines().at(0));
  const double start = capture["first"];
  std::vector<json> wanted;
  for (const json& event : all) {
    const double t = event["t"].get<double>() - start;
    if (1 <= t && t <= 2) wanted.push_back(event);
  }
  EXPECT_FALSE(wanted.empty());
  EXPECT_LT(wanted.size(), all.size());
  EXPECT_EQ(records("events --from +1 --to +2 " + sample), wanted);
}

TEST(EventsCommand, CanBeAskedForSome) {
  const std::string sample = "-r $S/findings/heavy-retransmission.pcap";
  std::vector<json> wanted = records("events " + sample);
  std::erase_if(wanted, [](const json& event) {
    return event["kind"] != "duplicate_ack" || event["number"] <= 2;
  });
  EXPECT_FALSE(wanted.empty());
  EXPECT_EQ(records("events " + sample + " --where 'kind == duplicate_ack and number > 2'"),
            wanted);
  const std::string expect = " -q --expect 'count(kind == zero_window) == 0' >/dev/null";
  EXPECT_EQ(shell("$T events " + sample + expect).code, 0);
  EXPECT_EQ(shell("$T events -r $S/findings/zero-window-stall.pcap" + expect).code, 1);
}

}  // namespace
}  // namespace tapstat::test
