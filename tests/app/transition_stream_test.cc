// transitions --stream: each change of state when it is known, and what became of it afterwards.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/command.h"
#include "tests/app/link.h"
#include "tests/support/json.h"
#include "tests/support/packet_builder.h"

namespace tapstat::test {
namespace {

using nlohmann::json;
using Records = std::vector<json>;

// Numbers with nine decimals are times: as text they keep their nanoseconds, for which a double has
// no room.
[[nodiscard]] std::string with_times_as_text(const std::string& line) {
  constexpr std::size_t kDecimals = 9;
  std::string text;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find_first_not_of("-0123456789.", at), line.size());
    const std::string number = line.substr(at, end - at);
    const std::size_t point = number.find('.');
    const bool is_value = at > 0 && line[at - 1] == ':';
    const bool is_time =
        is_value && point != std::string::npos && number.size() == point + 1 + kDecimals;
    text += is_time ? '"' + number + '"' : number;
    if (end < line.size()) text += line[end];
    at = end + 1;
  }
  return text;
}

[[nodiscard]] Records records_in(const std::vector<std::string>& lines) {
  Records records;
  for (const std::string& line : lines) {
    if (line.empty() || line.front() != '{') continue;
    records.push_back(parse_json(with_times_as_text(line)));
  }
  return records;
}

[[nodiscard]] Records records_of(const std::string& command) {
  return records_in(shell(command).lines());
}

// What a program does that follows a stream, by what docs/json.md says and nothing else.
class Reader {
 public:
  explicit Reader(const Records& told) {
    for (const json& record : told) {
      if (record["type"] == "transition") apply(record);
    }
  }
  [[nodiscard]] const Records& records() const { return records_; }
  [[nodiscard]] int corrections() const { return corrections_; }
  [[nodiscard]] int confirmations() const { return confirmations_; }

 private:
  void apply(const json& told) {
    if (told.contains("corrects")) {
      const auto found = latest([&](const json& r) {
        return is_of(r, told) && r["t"] == told["corrects"] && r["from"] == told["to"] &&
               r["to"] == told["from"];
      });
      ASSERT_NE(found, records_.rend()) << "corrects what was not told: " << told;
      EXPECT_LE(told["corrects"], told["t"]);
      records_.erase(std::next(found).base());
      ++corrections_;
    } else if (told.contains("confirms")) {
      EXPECT_EQ(told["from"], told["to"]) << told;
      EXPECT_EQ(told["sure"], true) << told;
      const auto found = latest([&](const json& r) {
        return is_of(r, told) && r["t"] == told["confirms"] && r["to"] == told["to"] &&
               r["sure"] == false;
      });
      ASSERT_NE(found, records_.rend()) << "confirms what was not told: " << told;
      (*found)["sure"] = true;
      ++confirmations_;
    } else {
      records_.push_back(told);
    }
  }
  [[nodiscard]] static bool is_of(const json& a, const json& b) {
    return a["connection"] == b["connection"] && a["end"] == b["end"];
  }
  template <typename Is>
  [[nodiscard]] Records::reverse_iterator latest(Is&& is) {
    return std::find_if(records_.rbegin(), records_.rend(), is);
  }

  Records records_;
  int corrections_ = 0, confirmations_ = 0;
};

// Of the view, in any order.
[[nodiscard]] std::vector<std::string> sorted(const Records& records) {
  std::vector<std::string> lines;
  for (const json& record : records) {
    if (record["type"] == "transition") lines.push_back(record.dump());
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

[[nodiscard]] std::vector<std::string> samples() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(TAPSTAT_SAMPLES)) {
    const std::string name = entry.path().filename();
    if (name.find(".pcap") != std::string::npos) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// `options`: of both. What was told must come to what the view prints.
[[nodiscard]] Reader expect_the_same(const std::string& options) {
  SCOPED_TRACE(options);
  const Records told = records_of("$T transitions --stream --json -q " + options);
  Reader reader(told);
  EXPECT_EQ(sorted(reader.records()), sorted(records_of("$T transitions --json -q " + options)));
  return reader;
}

TEST(TransitionStream, ComesToWhatTheViewPrintsOfEachSample) {
  std::size_t records = 0;
  int corrections = 0, confirmations = 0;
  const auto all = samples();
  ASSERT_GT(all.size(), 100u);
  for (const std::string& sample : all) {
    const Reader reader = expect_the_same("-r " + sample);
    records += reader.records().size();
    corrections += reader.corrections();
    confirmations += reader.confirmations();
    if (HasFailure()) break;
  }
  EXPECT_GT(records, 5000u);
  EXPECT_GT(corrections, 20);
  EXPECT_GT(confirmations, 20);
}

TEST(TransitionStream, DoesNotDependOnJobs) {
  for (const std::string& sample : samples()) {
    const std::string command = fmt::format("$T transitions --stream -q --json -r {}", sample);
    const std::string one = shell(command).out;
    EXPECT_FALSE(one.empty()) << sample;
    ASSERT_EQ(shell(command + " --jobs 2").out, one) << sample;
  }
}

// Records that only match before, or after, something was proved: they go, or come.
TEST(TransitionStream, IsFilteredAsTheViewIs) {
  for (const std::string where : {"sure", "not sure", "from == SYN_RECV", "held > 100ms",
                                  "cause == silence", "t > +1", "end == client"}) {
    std::size_t kept = 0;
    for (const std::string sample : {"web.pcap", "close.pcap", "handshake-loss.pcap",
                                     "lab/server_side.pcap.gz", "findings/capture-loss.pcap"}) {
      kept += expect_the_same(fmt::format("--where '{}' -r $S/{}", where, sample)).records().size();
    }
    EXPECT_GT(kept, 0u) << where;
  }
}

// A second apart, as a pcap file.
[[nodiscard]] std::string capture_of(const std::vector<TcpSpec>& packets) {
  std::string file;
  const auto append = [&](std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) file += static_cast<char>(value >> shift);
  };
  for (const std::uint32_t value : {0xa1b2c3d4u, 0x00040002u, 0u, 0u, 65535u, 1u}) append(value);
  std::uint32_t t = 1'700'000'000;
  for (const TcpSpec& packet : packets) {
    const Buffer frame = tcp(packet);
    const auto size = static_cast<std::uint32_t>(frame.size());
    for (const std::uint32_t value : {t++, 0u, size, size}) append(value);
    file.append(frame.begin(), frame.end());
  }
  return file;
}

// The end with the lower port counts as the server, until the SYN-ACK comes from the other one.
TEST(TransitionStream, EndsThatWereTakenForEachOtherAreToldAnew) {
  const auto from = [](std::uint16_t port, std::string_view flags, std::uint32_t seq,
                       std::uint32_t ack, std::size_t length = 0) {
    TcpSpec packet{.src_port = port, .flags = flags, .seq = seq, .ack = ack};
    packet.dst_port = port == 80 ? 40000 : 80;
    packet.payload_len = length;
    if (port == 40000) std::swap(packet.src, packet.dst);
    return packet;
  };
  const TemporaryFile file(
      capture_of({from(80, "A", 100, 500), from(40000, "SA", 499, 100), from(80, "PA", 100, 500, 2),
                  from(40000, "PA", 500, 102, 2), from(80, "FA", 102, 502),
                  from(40000, "FA", 502, 103), from(80, "A", 103, 503)}));
  const Reader reader = expect_the_same("-r " + file.path());
  EXPECT_EQ(reader.corrections(), 2);
  EXPECT_EQ(reader.confirmations(), 6);
  for (const json& record : reader.records()) {
    EXPECT_EQ(record["end"], record["port"] == 80 ? "client" : "server");
  }
}

// Whether the server had the reset nothing shows; that it closed is known all the same.
TEST(TransitionStream, AReceiptIsToldBeforeItIsProved) {
  const auto packet = [](std::uint16_t port, bool by_client, std::string_view flags,
                         std::uint32_t seq, std::uint32_t ack) {
    TcpSpec spec{.src_port = port, .dst_port = 80, .flags = flags, .seq = seq, .ack = ack};
    if (by_client) return spec;
    std::swap(spec.src, spec.dst);
    std::swap(spec.src_port, spec.dst_port);
    return spec;
  };
  const TemporaryFile file(
      capture_of({packet(40000, true, "S", 99, 0), packet(40000, false, "SA", 499, 100),
                  packet(40000, true, "A", 100, 500), packet(40000, true, "R", 100, 0),
                  packet(40001, true, "S", 99, 0), packet(40001, false, "RA", 0, 100)}));
  const Records told = records_of("$T transitions --stream --json -q -r " + file.path());
  const auto find = [&](const std::string& cause, int connection) {
    return std::find_if(told.begin(), told.end(), [&](const json& record) {
      return record["type"] == "transition" && record["cause"] == cause &&
             record["connection"] == connection;
    });
  };
  const auto reset = find("received RST", 0);
  ASSERT_NE(reset, told.end());
  EXPECT_EQ((*reset)["to"], "CLOSED");
  EXPECT_EQ((*reset)["sure"], false);
  EXPECT_LT(reset, find("sent SYN", 1));
  (void)expect_the_same("-r " + file.path());
}

// Timers, several inputs, an end in between, and halves of what there was.
TEST(TransitionStream, ComesToWhatTheViewPrintsWithOptions) {
  for (const std::string options :
       {"--timer time_wait=1 -r $S/close.pcap", "--stack rfc -r $S/web.pcap",
        "-c 40 -r $S/close.pcap", "-r $S/close.pcap 'port 50013'",
        "-r $S/lab/client_side.pcap.gz -r $S/lab/server_side.pcap.gz",
        "-r $S/web.pcap 'tcp[13] & 2 == 0'", "-r $S/web.pcap 'tcp[13] != 2'",
        "-r $S/lab/client_side.pcap.gz 'src host 192.0.2.1'",
        "-r $S/lab/client_side.pcap.gz 'tcp[13] & 17 != 17'"}) {
    EXPECT_FALSE(expect_the_same(options).records().empty()) << options;
  }
}

TEST(TransitionStream, CountsAreToldLast) {
  const Records told = records_of("$T transitions --stream --json -q -r $S/close.pcap");
  const Records whole = records_of("$T transitions --json -q -r $S/close.pcap");
  ASSERT_GT(told.size(), 2u);
  EXPECT_EQ(told.front()["type"], "capture");
  EXPECT_FALSE(told.front().contains("packets"));
  EXPECT_EQ(told.back(), whole.front());
}

// The server goes on after a reset that had its address.
TEST(TransitionStream, WhatWasToldTooSoonIsTakenBack) {
  const Outcome outcome =
      shell("$T transitions --stream --utc -q --ascii -r $S/findings/injected-reset.pcap");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("takes back "), std::string::npos) << outcome.out;
}

TEST(TransitionStream, ExpectationsAreOfWhatIsLeft) {
  const std::string options = " -q --json -r $S/web.pcap";
  const auto count = std::to_string(sorted(records_of("$T transitions" + options)).size());
  const std::string stream = "$T transitions --stream";
  EXPECT_EQ(shell(stream + " --expect 'count() == " + count + "'" + options).code, 0);
  EXPECT_EQ(shell(stream + " --expect 'count() > " + count + "'" + options).code, 1);
}

TEST(TransitionStream, IsRefusedWhereItWouldHaveToKnowTheEnd) {
  for (const std::string options : {"--at +1", "--from +1", "--to +1", "--where 'age > 5'"}) {
    const Outcome outcome = shell("$T transitions --stream -r $S/close.pcap " + options);
    EXPECT_EQ(outcome.code, 2) << options;
    EXPECT_EQ(outcome.out, "") << options;
    EXPECT_EQ(outcome.err_lines().size(), 1u) << outcome.err;
    EXPECT_NE(outcome.err.find("--stream"), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(shell("$T transitions --stream --format zeek -r $S/close.pcap").code, 2);
}

TEST(TransitionStream, TextHasAHeaderWithoutAnyChange) {
  const Outcome outcome = shell("$T transitions --stream -q -r $S/arp-stp.pcap");
  EXPECT_EQ(outcome.code, 0);
  ASSERT_EQ(outcome.lines().size(), 1u);
  EXPECT_EQ(outcome.lines().front().find("Time"), 0u);
}

class LiveTransitions : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_namespaces()) GTEST_SKIP() << "needs root and network namespaces";
  }
};

// Connections that close, a SYN that nobody answers, and one that is refused; timers end some while
// no packet comes.
TEST_F(LiveTransitions, ComeToWhatTheRecordingTells) {
  const Outcome outcome = shell(
      std::string(kLink) +
      "W='--timer time_wait=1'; capture transitions --json $W -i tap -w $D/f.pcapng && talk 30;"
      "ip netns exec $A timeout 1.5 bash -c 'echo >/dev/tcp/10.9.0.9/80' 2>/dev/null;"
      "ip netns exec $A bash -c 'echo >/dev/tcp/10.9.0.2/81' 2>/dev/null;"
      "sleep 3; stop; cat $D/out; echo recording;"
      "$T transitions --json $W -q -r $D/f.pcapng");
  const auto lines = outcome.lines();
  const auto split = std::find(lines.begin(), lines.end(), "recording");
  ASSERT_NE(split, lines.end()) << outcome.out << outcome.err;
  const Reader live(records_in({lines.begin(), split}));
  EXPECT_EQ(sorted(live.records()), sorted(records_in({split, lines.end()})));
  EXPECT_GT(live.records().size(), 300u) << outcome.err;
}

// While the capture goes on, and packets come all the time.
TEST_F(LiveTransitions, AreToldAtOnce) {
  const Outcome outcome =
      shell(std::string(kLink) +
            "capture transitions -i tap && talk 2; ip netns exec $A ping -i .02 -c 100 -q 10.9.0.2 "
            ">/dev/null & sleep .5; grep -c 'sent SYN ' $D/out; grep -c TIME_WAIT $D/out; stop");
  ASSERT_EQ(outcome.lines().size(), 2u) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.lines().front(), "2");
  EXPECT_GE(std::stoi(outcome.lines().back()), 2);
}

TEST(LiveTransitionOptions, AreChecked) {
  const Outcome outcome = shell("$T transitions -i lo --where 'age > 5'");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("age"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace tapstat::test
