// --memory: what is given up where there is not room for all, and that it is told.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/app/command.h"
#include "tests/support/json.h"
#include "tests/support/packet_builder.h"

namespace tapstat::test {
namespace {

void append(std::string& file, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) file += static_cast<char>(value >> shift);
}

// A pcap file of such frames of as many sources.
[[nodiscard]] std::string flood(std::uint32_t sources,
                                const Buffer& first = tcp({.flags = "S", .seq = 1})) {
  std::string file;
  append(file, 0xa1b2c3d4);
  append(file, 0x00040002);
  for (const std::uint32_t value : {0u, 0u, 65535u, 1u}) append(file, value);
  std::string frame(first.begin(), first.end());
  constexpr std::size_t kSource = 14 + 12;
  for (std::uint32_t i = 0; i < sources; ++i) {
    append(file, 1'700'000'000 + i / 100'000);
    append(file, i % 100'000 * 10);
    for (int times = 0; times < 2; ++times) append(file, static_cast<std::uint32_t>(frame.size()));
    for (std::size_t at = 1; at < 4; ++at) {
      frame[kSource + at] = static_cast<char>(i >> (24 - 8 * at));
    }
    file += frame;
  }
  return file;
}

TEST(Memory, IsASize) {
  for (const std::string wrong : {"0", "1M", "63M", "-1", "many", "64X", "99999999999999999999"}) {
    const Outcome outcome = shell("$T states -r $S/close.pcap --memory " + wrong);
    EXPECT_EQ(outcome.code, 2) << wrong;
    EXPECT_EQ(outcome.out, "") << wrong;
    EXPECT_NE(outcome.err.find("--memory"), std::string::npos) << outcome.err;
  }
  const std::string plain = shell("$T tcp --json -q -r $S/close.pcap").out;
  for (const std::string right : {"64M", "1G", "100000000", "1GiB", "300mb"}) {
    EXPECT_EQ(shell("$T tcp --json -q -r $S/close.pcap --memory " + right).out, plain) << right;
  }
}

TEST(Memory, WhatIsGivenUpIsToldInEveryOutput) {
  constexpr std::uint32_t kSources = 400'000;
  const TemporaryFile capture(flood(kSources));
  const std::string options = " -q --memory 64M -r " + capture.path();
  const Outcome states = shell("$T states" + options);
  ASSERT_EQ(states.code, 0) << states.err;
  EXPECT_NE(states.lines().back().find("Given up for lack of memory: "), std::string::npos)
      << states.out;
  const Outcome json = shell("$T states --json" + options);
  std::uint64_t kept = 0, evicted = 0;
  for (const std::string& line : json.lines()) {
    const auto record = parse_json(line);
    if (record["type"] == "capture") evicted = record["evicted"];
    if (record["type"] == "state_count") kept += record["client"].get<std::uint64_t>();
  }
  EXPECT_GT(evicted, kSources / 4);
  EXPECT_EQ(kept + evicted, kSources);
  // Neither the connection that is drawn nor the first one of the window need be there any more.
  const Outcome ladder = shell("$T ladder --connection 10.0.0.1:40000-10.0.0.2:80" + options);
  EXPECT_LT(ladder.code, 128) << ladder.err;
  const Outcome window = shell("$T states --from +0.001 --every 1" + options);
  EXPECT_EQ(window.code, 0) << window.err;
  const std::string whole = shell("$T states --json -q -r " + capture.path()).out;
  EXPECT_NE(whole.find("\"evicted\":0"), std::string::npos) << whole;
}

// Of those that come later packets are counted: they are in the last lines of text, and in the
// capture record.
TEST(Memory, FlowsAndLegsHaveABoundOfTheirOwn) {
  constexpr std::uint32_t kSources = 150'000;
  const TemporaryFile datagrams(flood(kSources, udp({.payload = Buffer(4)})));
  const std::string options = " -q --memory 64M -r " + datagrams.path();
  const Outcome text = shell("$T flows" + options + " | tail -1");
  EXPECT_EQ(text.out.find("Packets of further flows, for which there was no memory: "), 0u)
      << text.out;
  const auto records = shell("$T flows --json" + options).lines();
  const auto capture = parse_json(records.front());
  const std::size_t flows = records.size() - 1;
  EXPECT_GT(flows, 1000u);
  EXPECT_EQ(capture["flows_unkept"].get<std::size_t>() + flows, kSources);
  const auto legs = parse_json(shell("$T nat --json" + options).lines().front());
  EXPECT_GT(legs["legs_unkept"].get<std::size_t>(), kSources / 2);
  const Outcome zeek = shell("$T tcp --format zeek" + options + " | tail -1");
  EXPECT_EQ(zeek.out.find("#Packets of further connections, for which there was no memory: "), 0u)
      << zeek.out;
}

}  // namespace
}  // namespace tapstat::test
