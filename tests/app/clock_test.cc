// Clocks that are set back or forth while capturing, packets out of order, equal dates.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "tests/app/command.h"
#include "tests/app/retimed.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

constexpr std::int64_t kSecond = 1'000'000'000, kHour = 3600 * kSecond;
constexpr std::int64_t kTenYears = 87'660 * kHour;

struct Told {
  Outcome outcome;
  std::vector<json> records;

  [[nodiscard]] const json& input() const { return records.at(0)["inputs"][0]; }
  [[nodiscard]] std::vector<json> of(const std::string& type) const {
    std::vector<json> some;
    std::copy_if(records.begin(), records.end(), std::back_inserter(some),
                 [&](const json& record) { return record["type"] == type; });
    return some;
  }
};

[[nodiscard]] Told tell(const std::string& arguments) {
  Told told{shell("timeout 60 $T --json " + arguments), {}};
  EXPECT_EQ(told.outcome.code, 0) << told.outcome.err;
  told.records = parse_records(told.outcome.out);
  return told;
}

[[nodiscard]] Told tell(const std::string& view, const std::vector<Packet>& packets,
                        const std::string& options = "") {
  const TemporaryFile file(pcapng_of(packets));
  return tell(view + " -r " + file.path() + " " + options);
}

// All that there is a number for: what a record has of durations, counts and times.
void expect_nothing_negative(const json& value, const std::string& where) {
  if (value.is_number()) {
    EXPECT_GE(value.get<double>(), 0) << where;
  }
  if (!value.is_structured()) return;
  for (const auto& [key, part] : value.items()) expect_nothing_negative(part, where + '.' + key);
}

// Of each connection what does not depend on the hour.
[[nodiscard]] std::vector<std::string> states_of(const Told& told) {
  std::vector<std::string> all;
  for (const json& c : told.of("tcp")) {
    const auto text = [](const json& end) {
      return end["state"].get<std::string>() + (end["sure"].get<bool>() ? "" : "?");
    };
    all.push_back(text(c["client"]) + ' ' + text(c["server"]) + ' ' + c.value("closed_by", "-") +
                  ' ' + c.value("verdict", "-") + ' ' + c.value("events", json{}).dump());
  }
  return all;
}

struct Step {
  const char* name;
  const char* sample;
  std::int64_t by;
};
std::ostream& operator<<(std::ostream& out, const Step& step) { return out << step.name; }

class ClockSetBack : public testing::TestWithParam<Step> {};

// The gap that the step hides is all that is missing.
TEST_P(ClockSetBack, ChangesNothingButTheDates) {
  const auto packets = packets_of_sample(GetParam().sample);
  for (const std::size_t at : {packets.size() / 3, packets.size() / 2, packets.size() * 3 / 4}) {
    auto stepped = packets;
    for (std::size_t i = at; i < stepped.size(); ++i) stepped[i].time -= GetParam().by;
    // As the packets are dated then: without the time between the two around the step.
    auto wanted = packets;
    const std::int64_t gap = packets[at].time - packets[at - 1].time;
    for (std::size_t i = at; i < wanted.size(); ++i) wanted[i].time -= gap;
    for (const char* view : {"tcp", "findings", "transitions", "flows"}) {
      const Told told = tell(view, stepped);
      const Told same = tell(view, wanted);
      EXPECT_EQ(std::vector(told.records.begin() + 1, told.records.end()),
                std::vector(same.records.begin() + 1, same.records.end()))
          << view << " from packet " << at;
      for (const json& record : told.records) {
        expect_nothing_negative(record, record["type"].get<std::string>());
      }
      EXPECT_EQ(told.input().value("clock_steps", 0), 1);
      ASSERT_TRUE(told.input().contains("clock_step"));
      EXPECT_EQ(told.input()["clock_step"]["frame"], at + 1);
      const double set_back = told.input()["clock_step"]["from"].get<double>() -
                              told.input()["clock_step"]["to"].get<double>();
      EXPECT_NEAR(set_back, static_cast<double>(GetParam().by - gap) / 1e9, 1);
      EXPECT_NE(told.outcome.err.find("the clock was set back by "), std::string::npos)
          << told.outcome.err;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Clock, ClockSetBack,
                         testing::Values(Step{"an_hour", "web.pcap", kHour},
                                         Step{"a_minute", "close.pcap", 60 * kSecond},
                                         Step{"ten_years", "web.pcap", kTenYears},
                                         Step{"hours_with_lost_packets", "handshake-loss.pcap",
                                              5 * kHour}),
                         [](const auto& step) { return std::string{step.param.name}; });

// A stray packet with an old date, or a clock that is set back and forth again.
TEST(Clock, ThatCatchesUpByItselfIsFollowedAgain) {
  const auto packets = packets_of_sample("web.pcap");
  for (const std::size_t many : {1, 20}) {
    auto stepped = packets;
    for (std::size_t i = 100; i < 100 + many; ++i) stepped[i].time -= kHour;
    const Told told = tell("tcp", stepped);
    const Told same = tell("tcp", packets);
    EXPECT_EQ(states_of(told), states_of(same));
    EXPECT_EQ(told.records[0]["last"], same.records[0]["last"]);
    EXPECT_EQ(told.input().value("clock_steps", 0), 1);
  }
}

// What waits for less than that has ended, and nothing else changes.
TEST(Clock, SetForwardEndsWhatTimersEnd) {
  auto packets = packets_of_sample("close.pcap");
  const auto before = tell("tcp", packets).of("tcp");
  for (const std::int64_t by : {kHour, 5 * kHour, kTenYears}) {
    auto stepped = packets;
    stepped.push_back({packets.back().time + by, packets.back().bytes});
    const Told told = tell("tcp", stepped);
    for (const json& record : told.records) expect_nothing_negative(record, "");
    const auto after = told.of("tcp");
    ASSERT_EQ(after.size(), before.size());
    int timed_out = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      for (const char* end : {"client", "server"}) {
        if (before[i][end]["state"] != "TIME_WAIT") continue;
        ++timed_out;
        EXPECT_EQ(after[i][end]["state"], "CLOSED");
        // By its timer, and not when the next packet came.
        const double waited =
            after[i][end]["since"].get<double>() - before[i][end]["since"].get<double>();
        EXPECT_GE(waited, 59);
        EXPECT_LE(waited, 62);
      }
    }
    EXPECT_GT(timed_out, 3);
    EXPECT_FALSE(told.input().contains("clock_steps"));
    EXPECT_EQ(told.outcome.err, "");
  }
}

// 1970, 2106, and what 64 bits hold beyond: each packet anew, so that time leaps as far as it can.
TEST(Clock, GoesThroughAllDatesThereAreInNoTime) {
  auto packets = packets_of_sample("web.pcap");
  constexpr std::int64_t kDates[] = {0, 4'294'967'295 * kSecond,
                                     std::numeric_limits<std::int64_t>::max(), -1, 1};
  for (std::size_t i = 0; i < packets.size(); ++i) packets[i].time = kDates[i % std::size(kDates)];
  for (const char* view : {"tcp", "report", "transitions", "findings", "events", "arp"}) {
    const Told told = tell(view, packets, "--jobs 2");
    for (const json& record : told.records) {
      expect_nothing_negative(record, record["type"].get<std::string>());
    }
    EXPECT_EQ(told.records[0]["packets"], packets.size());
  }
}

// A leap costs no more than the timers that are due.
TEST(Clock, ThatLeapsOftenCostsLittle) {
  const auto web = packets_of_sample("web.pcap");
  std::vector<Packet> packets;
  std::int64_t time = 0;
  for (int i = 0; i < 20'000; ++i) {
    time += 2 * kHour * (i % 100 == 0 ? 24 * 365 / 20 : 1) / 10;
    packets.push_back({time, web[static_cast<std::size_t>(i) % web.size()].bytes});
  }
  const TemporaryFile file(pcapng_of(packets));
  const Outcome outcome = shell("timeout 60 $T tcp -q --json -r " + file.path() + " | tail -n 1");
  EXPECT_EQ(outcome.code, 0);
  ASSERT_EQ(outcome.lines().size(), 1u) << outcome.err;
  EXPECT_EQ(parse_json(outcome.lines()[0])["type"], "tcp");
}

TEST(OutOfOrder, BySecondsIsCountedAndTold) {
  auto late = packets_of_sample("web.pcap");
  // What one of two capturing processors has, it writes two seconds later than the other.
  const std::vector<Packet> held(late.begin() + 40, late.begin() + 60);
  late.erase(late.begin() + 40, late.begin() + 60);
  for (std::size_t i = 40; i < late.size(); ++i) late[i].time += 2 * kSecond;
  late.insert(late.begin() + 60, held.begin(), held.end());
  for (const char* view : {"tcp", "transitions", "findings", "events", "report"}) {
    const Told told = tell(view, late);
    for (const json& record : told.records) {
      expect_nothing_negative(record, record["type"].get<std::string>());
    }
    EXPECT_EQ(told.input().value("out_of_order", 0), 20);
    EXPECT_GT(told.input().value("furthest_back", 0.0), 1);
    EXPECT_FALSE(told.input().contains("clock_steps"));
    EXPECT_NE(told.outcome.err.find("20 packets dated earlier than one before, by up to "),
              std::string::npos)
        << told.outcome.err;
  }
}

// An end's state comes of the one before, and no earlier.
TEST(OutOfOrder, BySecondsLeavesStatesInTheOrderThatWasRead) {
  for (const char* sample : {"close.pcap", "web.pcap"}) {
    auto packets = packets_of_sample(sample);
    for (std::size_t i = 6; i < packets.size(); i += 7) packets[i].time -= 5 * kSecond;
    std::map<std::string, json> latest;
    for (const json& step : tell("transitions", packets).of("transition")) {
      json& before = latest[step["connection"].dump() + step["end"].get<std::string>()];
      if (!before.is_null()) {
        EXPECT_EQ(step["from"], before["to"]) << step;
        EXPECT_GE(step["t"].get<double>(), before["t"].get<double>()) << step;
      }
      before = step;
    }
    EXPECT_GT(latest.size(), 30u);
  }
}

// One packet of somebody else's is ahead: all that follow are late.
TEST(OutOfOrder, ByLessThanAnEndIsWaitedForLeavesItsStates) {
  for (const char* sample : {"close.pcap", "web.pcap", "handshake-loss.pcap"}) {
    auto packets = packets_of_sample(sample);
    const auto before = states_of(tell("tcp", packets));
    const std::string stranger =
        "\xff\xff\xff\xff\xff\xff\x02\x01\x01\x01\x01\x01\x88\xb5" + std::string(46, 'x');
    packets.insert(packets.begin(), {packets.front().time + 9 * kSecond / 10, stranger});
    const Told told = tell("tcp", packets);
    EXPECT_EQ(states_of(told), before) << sample;
    EXPECT_GT(told.input().value("out_of_order", 0), 9) << sample;
  }
}

TEST(OutOfOrder, IsSaidInTheReport) {
  auto packets = packets_of_sample("web.pcap");
  std::swap(packets[10].time, packets[11].time);
  const TemporaryFile file(pcapng_of(packets));
  const Outcome outcome = shell("$T report -r " + file.path());
  EXPECT_NE(outcome.out.find("1 packet dated earlier than one before, by up to "),
            std::string::npos)
      << outcome.out;
  EXPECT_EQ(outcome.err, "");  // too little to warn of
}

TEST(EqualDates, LeaveTheOrderThatWasRead) {
  auto packets = packets_of_sample("close.pcap");
  const auto before = states_of(tell("tcp", packets));
  const std::int64_t begin = packets.front().time;
  for (Packet& packet : packets) packet.time = begin;
  for (const char* view : {"tcp", "transitions", "events", "report", "findings"}) {
    const Told told = tell(view, packets);
    for (const json& record : told.records) {
      expect_nothing_negative(record, record["type"].get<std::string>());
    }
    EXPECT_FALSE(told.input().contains("out_of_order"));
    EXPECT_EQ(told.outcome.err, "");
  }
  EXPECT_EQ(states_of(tell("tcp", packets)).size(), before.size());
  // In twos: as they are but for times.
  auto pairs = packets_of_sample("close.pcap");
  for (std::size_t i = 1; i < pairs.size(); i += 2) pairs[i].time = pairs[i - 1].time;
  const auto after = states_of(tell("tcp", pairs));
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].substr(0, after[i].find('{')), before[i].substr(0, before[i].find('{')));
  }
}

// What is told of packets, but for the names of the captures that a connection is in.
[[nodiscard]] std::vector<json> told_of(const std::string& view, const std::string& inputs) {
  Told told = tell(view + inputs);
  told.records.erase(told.records.begin());
  for (json& record : told.records) record.erase("interfaces");
  return told.records;
}

TEST(EqualDates, OfTwoCapturesAreReadAsTheCapturesAreNamed) {
  auto packets = packets_of_sample("close.pcap");
  const auto whole = packets;
  auto swapped = packets;
  std::vector<Packet> halves[2];
  for (std::size_t i = 0; i + 1 < packets.size(); i += 2) {
    packets[i + 1].time = packets[i].time =
        whole.front().time + static_cast<std::int64_t>(i) * 1'000'000;
    swapped[i] = packets[i + 1];
    swapped[i + 1] = packets[i];
    for (std::size_t half = 0; half < 2; ++half) halves[half].push_back(packets[i + half]);
  }
  ASSERT_EQ(2 * halves[0].size(), packets.size());
  const TemporaryFile one(pcapng_of(packets)), other(pcapng_of(swapped));
  const TemporaryFile first(pcapng_of(halves[0])), second(pcapng_of(halves[1]));
  for (const std::string view : {"tcp", "transitions", "events"}) {
    const auto named_first = told_of(view, " -r " + one.path());
    const auto named_last = told_of(view, " -r " + other.path());
    EXPECT_NE(named_first, named_last) << view;
    for (const char* options : {"", " --jobs 3"}) {
      EXPECT_EQ(told_of(view, " -r " + first.path() + " -r " + second.path() + options),
                named_first)
          << view << options;
      EXPECT_EQ(told_of(view, " -r " + second.path() + " -r " + first.path() + options), named_last)
          << view << options;
    }
  }
}

// One date for all: each capture as a whole, in its own order.
TEST(EqualDates, OfTwoCapturesLeaveEachInItsOrder) {
  auto packets = packets_of_sample("close.pcap");
  for (Packet& packet : packets) packet.time = packets.front().time;
  const auto middle = packets.begin() + static_cast<std::ptrdiff_t>(packets.size() / 3);
  const TemporaryFile one(pcapng_of(packets));
  const TemporaryFile first(pcapng_of({packets.begin(), middle})),
      rest(pcapng_of({middle, packets.end()}));
  for (const std::string view : {"tcp", "transitions", "events"}) {
    EXPECT_EQ(told_of(view, " -r " + first.path() + " -r " + rest.path()),
              told_of(view, " -r " + one.path()))
        << view;
  }
}

}  // namespace
}  // namespace tapstat::test
