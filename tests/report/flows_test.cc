#include "report/flows.h"

#include <gtest/gtest.h>

#include "analysis/engine.h"
#include "tests/support/json.h"
#include "tests/support/packet_builder.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using nlohmann::json;
using std::chrono::seconds;

class Flows : public testing::Test {
 protected:
  void see(const test::Buffer& frame, seconds at) {
    const capture::Frame f = test::frame_of(frame, at, ++frames_);
    engine_.take({&f, 1});
  }
  [[nodiscard]] std::vector<json> print(std::optional<seconds> from = {},
                                        std::optional<seconds> at = {}) const {
    test::StringOutput out;
    const auto instant = [](const std::optional<seconds>& t) {
      return t ? std::optional{capture::Timestamp{*t}} : std::nullopt;
    };
    report::print(
        {.model = engine_.model(), .inputs = {}, .from = instant(from), .at = instant(at)},
        View::flows, Format::json, out);
    std::vector<json> records = test::parse_records(out.text());
    records.erase(records.begin());  // the capture's
    return records;
  }

 private:
  analysis::Engine engine_{1, {}, {.flows = true}};
  std::uint64_t frames_ = 0;
};

TEST_F(Flows, ARecordHasBothEnds) {
  see(test::udp({.payload = test::Buffer(30), .vlan = {10}}), seconds{100});
  see(test::udp({.src = "10.0.0.2",
                 .src_port = 53,
                 .dst = "10.0.0.1",
                 .dst_port = 40000,
                 .payload = test::Buffer(50),
                 .vlan = {10}}),
      seconds{101});
  const auto records = print();
  ASSERT_EQ(records.size(), 1u);
  const json& r = records[0];
  EXPECT_EQ(r["type"], "flow");
  EXPECT_EQ(r["protocol"], "udp");
  EXPECT_EQ(r["client"]["ip"], "10.0.0.1");
  EXPECT_EQ(r["client"]["port"], 40000);
  EXPECT_EQ(r["client"]["packets"], 1);
  EXPECT_EQ(r["client"]["bytes"], 30);
  EXPECT_EQ(r["server"]["bytes"], 50);
  EXPECT_EQ(r["requests"], 1);
  EXPECT_EQ(r["unanswered"], 0);
  EXPECT_EQ(r["rtt"]["avg"], 1.0);
  EXPECT_EQ(r["state"], "open");
  EXPECT_EQ(r["vlan"], test::parse_json("[10]"));
  EXPECT_FALSE(r.contains("icmp"));
}

TEST_F(Flows, WhatIsUnknownIsLeftOut) {
  see(test::icmp({.type = 3, .code = 1}), seconds{100});
  const json r = print()[0];
  EXPECT_EQ(r["icmp"], test::parse_json(R"({"type": 3, "code": 1})"));
  EXPECT_FALSE(r.contains("rtt"));
  EXPECT_FALSE(r["client"].contains("port"));
}

TEST_F(Flows, SilenceIsATimeoutByPacketTime) {
  see(test::udp({.dst_port = 1}), seconds{100});
  see(test::udp({.dst_port = 2}), seconds{160});
  const auto records = print();
  EXPECT_EQ(records[0]["state"], "timeout");
  EXPECT_EQ(records[1]["state"], "open");
}

TEST_F(Flows, FromAnInstantOnThoseWithAPacketSince) {
  see(test::udp({.dst_port = 1}), seconds{100});
  see(test::udp({.dst_port = 2}), seconds{110});
  const auto records = print(seconds{105});
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0]["id"], 1);
}

// https://github.com/corelight/community-id-spec: protocols without ports hash none.
TEST_F(Flows, CommunityIdsOfIcmpAndOthers) {
  see(test::icmp({.src = "192.168.0.89", .dst = "192.168.0.1", .type = 8}), seconds{100});
  see(test::icmp({.src = "192.168.0.1", .dst = "192.168.0.89", .type = 0}), seconds{100});
  const auto records = print();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0]["community_id"], "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
}

}  // namespace
}  // namespace tapstat::report
