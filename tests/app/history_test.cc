// The program asked for what happened when: transitions, instants, differences, counts over time.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <utility>

#include "tests/app/command.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

// Without the capture record.
[[nodiscard]] std::vector<json> records(const std::string& command) {
  const Outcome outcome = shell("$T " + command + " -q --json");
  EXPECT_EQ(outcome.code, 0) << command << ": " << outcome.err;
  std::vector<json> records = parse_records(outcome.out);
  EXPECT_FALSE(records.empty()) << command;
  if (!records.empty()) records.erase(records.begin());
  return records;
}

[[nodiscard]] json capture_of(const std::string& command) {
  return parse_json(shell("$T " + command + " -q --json").lines().at(0));
}

void expect_usage(const std::string& command, const std::string& says) {
  const Outcome outcome = shell("$T " + command);
  EXPECT_EQ(outcome.code, 2) << command;
  EXPECT_EQ(outcome.out, "") << command;
  ASSERT_EQ(outcome.err_lines().size(), 1u) << outcome.err;
  EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
}

using End = std::pair<int, std::string>;  // connection id, "client" or "server"

// One row a change, in the order of time; each end goes on where its last row left it, up to the
// state that the table shows.
TEST(TransitionsCommand, LeadsEachEndToTheStateOfTheTable) {
  for (const std::string sample : {"close", "web", "handshake-loss"}) {
    const auto transitions = records("transitions -r $S/" + sample + ".pcap");
    ASSERT_GT(transitions.size(), 20u);
    std::map<End, json> last;
    double t = 0;
    for (const json& row : transitions) {
      EXPECT_LE(t, row["t"].get<double>());
      t = row["t"];
      json& before = last[{row["connection"], row["end"]}];
      if (!before.is_null()) {
        EXPECT_EQ(row["from"], before["to"]) << sample << row;
      }
      before = row;
    }
    for (const json& c : records("tcp -r $S/" + sample + ".pcap")) {
      for (const char* end : {"client", "server"}) {
        const auto found = last.find({c["id"], end});
        EXPECT_EQ(found == last.end() ? json("UNKNOWN") : found->second["to"], c[end]["state"])
            << sample << c;
      }
    }
  }
}

TEST(TransitionsCommand, NamesTheTimerAndNoFrameForIt) {
  bool seen = false;
  for (const json& row : records("transitions --to +600 -r $S/close.pcap")) {
    if (row["cause"] != "timer TIME_WAIT") continue;
    seen = true;
    EXPECT_FALSE(row.contains("frame"));
    EXPECT_EQ(row["to"], "CLOSED");
    EXPECT_EQ(row["sure"], false);
    EXPECT_GE(row["held"].get<double>(), 60);
    EXPECT_LE(row["held"].get<double>(), 63);
  }
  EXPECT_TRUE(seen);
}

TEST(TransitionsCommand, BetweenTwoInstantsIsAPartOfAll) {
  const auto all = records("transitions -r $S/close.pcap");
  const double start = capture_of("tcp -r $S/close.pcap")["first"];
  std::vector<json> wanted;
  for (const json& row : all) {
    const double t = row["t"].get<double>() - start;
    if (1 < t && t <= 2) wanted.push_back(row);
  }
  EXPECT_GT(wanted.size(), 5u);
  EXPECT_EQ(records("transitions --from +1 --to +2 -r $S/close.pcap"), wanted);
}

// What comes after the instant tells what was open then: no state stays unsure that the rest of the
// capture settles.
TEST(AtCommand, TellsAnInstantWithHindsight) {
  const auto all = records("transitions -r $S/close.pcap");
  const double start = capture_of("tcp -r $S/close.pcap")["first"];
  for (const double at : {0.02, 0.1, 1.0, 2.5}) {
    std::map<End, json> then;
    for (const json& row : all) {
      if (row["t"].get<double>() <= start + at) then[{row["connection"], row["end"]}] = row;
    }
    for (const json& c : records("tcp --at +" + std::to_string(at) + " -r $S/close.pcap")) {
      for (const char* end : {"client", "server"}) {
        const auto found = then.find({c["id"], end});
        if (found == then.end()) continue;
        EXPECT_EQ(c[end]["state"], found->second["to"]) << at << c;
        EXPECT_EQ(c[end]["sure"], found->second["sure"]) << at << c;
      }
    }
  }
}

TEST(AtCommand, CountsWhatWasSeenByThen) {
  const json whole = capture_of("tcp -r $S/close.pcap");
  const json then = capture_of("tcp --at +1 -r $S/close.pcap");
  EXPECT_LT(then["packets"], whole["packets"]);
  EXPECT_LE(then["last"].get<double>(), whole["first"].get<double>() + 1);
  EXPECT_EQ(then["inputs"], whole["inputs"]);
}

// -c limits what is read, before and after the instant.
TEST(AtCommand, ReadsNoMorePacketsThanAskedFor) {
  EXPECT_EQ(capture_of("tcp -c 30 --at +600 -r $S/close.pcap")["packets"], 30);
  const json then = capture_of("tcp --at +0.1 -r $S/close.pcap");
  EXPECT_EQ(capture_of("tcp -c 30 --at +0.1 -r $S/close.pcap")["packets"], then["packets"]);
}

// web.pcap with its packets `at` and `at` + 1, from 0, in each other's place; and a time between.
struct Swapped {
  std::string file;
  double between;
};

[[nodiscard]] Swapped swap_packets(std::size_t at) {
  const std::string file = content_of(TAPSTAT_SAMPLES "/web.pcap");
  const auto number = [&](std::size_t byte) {
    std::uint32_t value = 0;
    std::memcpy(&value, file.data() + byte, sizeof value);
    return value;
  };
  const auto time = [&](std::size_t record) {
    return static_cast<double>(number(record)) + static_cast<double>(number(record + 4)) / 1e6;
  };
  const auto after = [&](std::size_t record) { return record + 16 + number(record + 8); };
  std::size_t first = 24;
  for (std::size_t i = 0; i < at; ++i) first = after(first);
  const std::size_t second = after(first);
  const std::size_t rest = after(second);
  return {file.substr(0, first) + file.substr(second, rest - second) +
              file.substr(first, second - first) + file.substr(rest),
          (time(first) + time(second)) / 2};
}

// A packet a little out of order belongs where its time says.
TEST(AtCommand, TakesPacketsByTheirTime) {
  const Swapped swapped = swap_packets(99);
  const TemporaryFile file(swapped.file);
  const std::string at = " --at " + std::to_string(swapped.between) + " -r ";
  EXPECT_EQ(capture_of("tcp" + at + file.path())["packets"], 100);
  EXPECT_EQ(records("states" + at + file.path()), records("states" + at + "$S/web.pcap"));
}

TEST(DifferenceCommand, TellsWhatOpenedAndWhatClosed) {
  const double start = capture_of("tcp -r $S/close.pcap")["first"];
  std::map<std::string, int> changes;
  for (const json& c : records("tcp --from +0.1 --to +1 -r $S/close.pcap")) {
    ++changes[c["change"]];
    const bool began = c["first"].get<double>() > start + 0.1;
    EXPECT_EQ(c["client"].contains("state_from"), !began);
    EXPECT_EQ(c["change"].get<std::string>().starts_with("opened"), began);
    const bool is_closed = c["change"].get<std::string>().ends_with("closed");
    EXPECT_EQ(c.contains("closed_by"), is_closed) << c;
  }
  EXPECT_GE(changes["closed"], 1);
  EXPECT_GE(changes["opened-and-closed"], 1);
}

TEST(DifferenceCommand, OfStateCountsIsThatOfTwoInstants) {
  std::map<std::string, json> then, now;
  for (const json& s : records("states --at +0.1 -r $S/web.pcap")) then[s["state"]] = s;
  for (const json& s : records("states --at +1 -r $S/web.pcap")) now[s["state"]] = s;
  const auto difference = records("states --from +0.1 --to +1 -r $S/web.pcap");
  EXPECT_GT(difference.size(), 5u);
  const auto count = [](const std::map<std::string, json>& at, const json& state,
                        const char* side) {
    const auto found = at.find(state);
    return found == at.end() ? json(0) : found->second[side];
  };
  for (const json& s : difference) {
    for (const std::string side : {"client", "server", "total"}) {
      EXPECT_EQ(s[side], count(now, s["state"], side.c_str())) << s;
      EXPECT_EQ(s[side + "_from"], count(then, s["state"], side.c_str())) << s;
    }
  }
}

TEST(DifferenceCommand, WithoutAnEndGoesToTheEndOfTheInput) {
  const auto last = records("tcp -r $S/close.pcap");
  for (const json& c : records("tcp --from +2 -r $S/close.pcap")) {
    EXPECT_EQ(c["client"]["state"], last.at(c["id"])["client"]["state"]);
    EXPECT_TRUE(c.contains("change"));
  }
}

TEST(EveryCommand, EachRowIsTheTableOfItsInstant) {
  const auto series = records("states --every 1s -r $S/close.pcap");
  const double start = capture_of("tcp -r $S/close.pcap")["first"];
  for (int second = 0; second <= 3; ++second) {
    std::vector<json> row;
    for (json s : series) {
      if (std::abs(s["t"].get<double>() - start - second) > 0.001) continue;
      s.erase("t");
      row.push_back(s);
    }
    EXPECT_EQ(row, records("states --at +" + std::to_string(second) + " -r $S/close.pcap"));
  }
}

TEST(EveryCommand, FitsATerminal) {
  const Outcome outcome = shell("$T states --every 1s -r $S/web.pcap");
  EXPECT_EQ(outcome.lines().size(), 2u + 6u);
  for (const std::string& line : outcome.lines()) EXPECT_LE(line.size(), 80u) << line;
}

TEST(EveryCommand, TakesDurationsInAnyUnit) {
  const std::string second = shell("$T states --every 1s -r $S/web.pcap").out;
  for (const char* same : {"1", "1.0", "1000ms", "1000000us"}) {
    EXPECT_EQ(shell("$T states --every " + std::string{same} + " -r $S/web.pcap").out, second);
  }
  EXPECT_EQ(shell("$T states --every 2m -r $S/web.pcap").out,
            shell("$T states --every 0.1h -r $S/web.pcap").out);
}

TEST(HistoryOptions, WrongOnesAreRefused) {
  expect_usage("states --every soon -r $S/web.pcap", "--every soon");
  expect_usage("states --every 0 -r $S/web.pcap", "--every 0");
  expect_usage("states --every -1s -r $S/web.pcap", "--every");
  expect_usage("tcp --every 1s -r $S/web.pcap", "--every goes with");
  expect_usage("states --every 1us -r $S/web.pcap", "5879404 instants");
  expect_usage("tcp --from +2 --to +1 -r $S/web.pcap", "--to is earlier than --from");
  expect_usage("tcp --stack plan9 -r $S/web.pcap", "plan9");
  expect_usage("tcp --timer time_wait -r $S/web.pcap", "--timer time_wait");
  expect_usage("tcp --timer lunch=3600 -r $S/web.pcap", "--timer lunch=3600");
  expect_usage("tcp --timer time_wait=soon -r $S/web.pcap", "--timer time_wait=soon");
}

// How many ends of close.pcap are in TIME_WAIT so many seconds after its first packet.
[[nodiscard]] std::uint64_t in_time_wait(const std::string& options) {
  for (const json& s : records("states " + options + " -r $S/close.pcap")) {
    if (s["state"] == "TIME_WAIT") return s["total"];
  }
  return 0;
}

TEST(HistoryOptions, StacksAndTimersSayHowLongAStateLasts) {
  const auto all = in_time_wait("--at +30");
  EXPECT_GT(all, 3u);
  EXPECT_EQ(in_time_wait("--at +100"), 0u);
  EXPECT_EQ(in_time_wait("--at +100 --stack windows"), all);
  EXPECT_EQ(in_time_wait("--at +200 --stack rfc"), all);
  EXPECT_EQ(in_time_wait("--at +30 --timer time_wait=5"), 0u);
  EXPECT_EQ(in_time_wait("--at +30 --timer time_wait=5 --timer time_wait=2m"), all);
  EXPECT_EQ(in_time_wait("--at +9999 --timer time_wait=inf --stack rfc"), all);
}

}  // namespace
}  // namespace tapstat::test
