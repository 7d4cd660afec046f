// The view ladder from outside.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/app/command.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

constexpr const char* kClosed = "--connection 192.0.2.1:50001-192.0.2.80:80";

// One character takes one column.
[[nodiscard]] std::size_t columns_of(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

[[nodiscard]] std::size_t widest_line(const Outcome& outcome) {
  std::size_t widest = 0;
  for (const std::string& line : outcome.lines()) widest = std::max(widest, columns_of(line));
  return widest;
}

[[nodiscard]] bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

void expect_refused(const Outcome& outcome, const std::string& says) {
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err_lines().size(), 1u) << outcome.err;
  EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
}

// All connections of a sample, one after the other.
[[nodiscard]] Outcome draw_all(const std::string& sample, const std::string& settings) {
  const std::string file = "$S/" + sample;
  return shell(settings + "\nn=$($T tcp -q --json -r " + file +
               " | grep -c '\"type\":\"tcp\"')\n"
               "for ((i = 0; i < n; ++i)); do $T ladder -q -r " +
               file + " --connection $i || exit; done");
}

TEST(LadderView, NoLineOfAnySampleIsWiderThanATerminal) {
  for (const char* sample : {"web.pcap", "close.pcap", "handshake-loss.pcap", "ipv6.pcap",
                             "tunnel.pcap", "vlan.pcapng"}) {
    const Outcome outcome = draw_all(sample, "export LC_ALL=C.UTF-8");
    EXPECT_EQ(outcome.code, 0) << sample << outcome.err;
    EXPECT_EQ(widest_line(outcome), 80u) << sample;
  }
}

TEST(LadderView, WiderOnesAreUsed) {
  for (const std::size_t width : {100u, 132u}) {
    const Outcome outcome = draw_all("close.pcap", "export COLUMNS=" + std::to_string(width));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(widest_line(outcome), width);
  }
}

TEST(LadderView, NarrowerTerminalsGetEightyColumns) {
  const std::string ladder = std::string{"$T ladder -r $S/close.pcap "} + kClosed;
  EXPECT_EQ(shell("COLUMNS=40 " + ladder).out, shell(ladder).out);
  EXPECT_EQ(widest_line(shell(ladder)), 80u);
}

TEST(LadderView, ATerminalTellsItsWidth) {
  const std::string ladder = std::string{"$T ladder -r $S/close.pcap "} + kClosed;
  const Outcome wide =
      shell("script -qec \"stty cols 110; " + ladder + " --color never\" /dev/null");
  EXPECT_EQ(widest_line(wide), 110u + 1);  // with the terminal's carriage return
}

TEST(LadderView, IsAsciiWhereTheLocaleIsNotUtf8) {
  const std::string ladder = std::string{"$T ladder -r $S/close.pcap "} + kClosed;
  const std::string plain = shell(ladder).out;  // LC_ALL=C
  EXPECT_TRUE(is_ascii(plain));
  const std::string utf8 = shell("LC_ALL=C.UTF-8 " + ladder).out;
  EXPECT_FALSE(is_ascii(utf8));
  EXPECT_EQ(shell("LC_ALL=C.UTF-8 " + ladder + " --ascii").out, plain);
  EXPECT_EQ(shell("LC_ALL=no_SUCH.UTF-8 " + ladder).out, plain);
}

TEST(LadderView, AConnectionIsNamedByItsIdOrItsEnds) {
  const std::string ladder = "$T ladder -r $S/close.pcap --connection ";
  const Outcome by_id = shell(ladder + "3");
  EXPECT_EQ(by_id.code, 0) << by_id.err;
  EXPECT_NE(by_id.out.find("Connection 3"), std::string::npos);
  EXPECT_EQ(shell(ladder + "192.0.2.1:50004-192.0.2.80:80").out, by_id.out);
  EXPECT_EQ(shell(ladder + "192.0.2.80:80-192.0.2.1:50004").out, by_id.out);
}

TEST(LadderView, IPv6AddressesStandInBrackets) {
  const std::string tcp = shell("$T tcp -q --json -r $S/ipv6.pcap | sed -n 2p").out;
  const json first = parse_json(tcp);
  const auto end = [&](const char* key) {
    return "[" + first[key]["ip"].get<std::string>() + "]:" + first[key]["port"].dump();
  };
  const std::string ends = end("client") + "-" + end("server");
  const Outcome outcome = shell("$T ladder -r $S/ipv6.pcap --connection '" + ends + "'");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, shell("$T ladder -r $S/ipv6.pcap --connection 0").out);
}

TEST(LadderView, OfPortsUsedAgainTheFirstConnectionIsDrawnAndTheOthersNamed) {
  const Outcome outcome =
      shell("$T ladder -r $S/close.pcap --connection 192.0.2.1:50016-192.0.2.80:80");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("Connection 15"), std::string::npos);
  EXPECT_NE(outcome.err.find("the others: 16"), std::string::npos) << outcome.err;
}

TEST(LadderView, TheOnlyConnectionNeedsNoName) {
  const Outcome outcome = shell("$T ladder -r $S/close.pcap port 50001");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("client 192.0.2.1:50001"), std::string::npos);
}

TEST(LadderView, WithoutAConnectionItSaysHowToChoose) {
  expect_refused(shell("$T ladder -r $S/close.pcap"),
                 "17 connections; choose one with --connection");
  expect_refused(shell("$T ladder -r $S/close.pcap --connection 99"), "--connection 99");
  expect_refused(shell("$T ladder -r $S/close.pcap --connection 192.0.2.1:1-192.0.2.2:2"),
                 "192.0.2.1:1-192.0.2.2:2");
  expect_refused(shell("$T ladder -r $S/close.pcap port 9"), "no TCP connection");
  for (const char* nonsense : {"x", "-1", "1.2.3.4-5.6.7.8", "1.2.3.4:99999-1.2.3.4:1", "[1::2]:3",
                               "1::2:3-[1::2]:3", "1.2.3.4:1-", "[1.2.3.4]:1-1.2.3.4:2"}) {
    expect_refused(shell("$T ladder -r $S/close.pcap '--connection=" + std::string{nonsense} + "'"),
                   "not a connection");
  }
  expect_refused(shell("$T tcp -r $S/close.pcap --connection 1"), "goes with the view ladder");
}

TEST(LadderView, ShowsAPartOfTheTime) {
  const std::string ladder = std::string{"$T ladder -q --json -r $S/close.pcap "} + kClosed;
  const auto all = shell(ladder).lines();
  ASSERT_GT(all.size(), 5u);
  const auto at = shell(ladder + " --at +0.1").lines();
  EXPECT_LT(at.size(), all.size());
  ASSERT_GT(at.size(), 1u);
  EXPECT_EQ(at[1], all[1]);
  EXPECT_EQ(shell(ladder + " --to +0.1").lines(), at);
  const auto rest = shell(ladder + " --from +0.1").lines();
  EXPECT_EQ(rest.size() - 1 + at.size() - 1, all.size() - 1);
  EXPECT_EQ(rest.back(), all.back());
}

}  // namespace
}  // namespace tapstat::test
