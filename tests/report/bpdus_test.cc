#include "report/bpdus.h"

#include <gtest/gtest.h>

#include "analysis/engine.h"
#include "tests/support/bpdu_bytes.h"
#include "tests/support/json.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using nlohmann::json;
using std::chrono::seconds;

class Bpdus : public testing::Test {
 protected:
  void see(const test::Buffer& bytes, seconds at = seconds{100}) {
    capture::Frame frame = test::frame_of(bytes, at, ++frames_);
    frame.interface = 1;
    engine_.take({&frame, 1});
  }
  [[nodiscard]] std::string print(Format format, std::optional<seconds> from = {},
                                  std::optional<seconds> at = {}) const {
    capture::InputInfo input;
    input.path = "a.pcapng";
    input.interfaces = {"", "eth1"};
    const auto instant = [](const std::optional<seconds>& t) {
      return t ? std::optional{capture::Timestamp{*t}} : std::nullopt;
    };
    test::StringOutput out;
    report::print({.model = engine_.model(),
                   .inputs = {&input},
                   .from = instant(from),
                   .zone = Zone::utc,
                   .at = instant(at)},
                  View::bpdus, format, out);
    return out.text();
  }
  [[nodiscard]] std::vector<json> records(std::optional<seconds> from = {},
                                          std::optional<seconds> at = {}) const {
    std::vector<json> records = test::parse_records(print(Format::json, from, at));
    records.erase(records.begin());  // the capture's
    return records;
  }

 private:
  analysis::Engine engine_{1, {}, {.bpdus = true}};
  std::uint64_t frames_ = 0;
};

const json kRoot = {{"priority", 24576}, {"system_id", 10}, {"mac", "02:0a:01:00:02:00"}};

TEST_F(Bpdus, ARecordHasEveryField) {
  see(test::pvst_bpdu_frame(test::kRstBpdu + test::kPvstVlan10, "8100 0005"));
  EXPECT_EQ(
      records().at(0),
      json({{"type", "bpdu"},
            {"t", 100.0},
            {"frame", 1},
            {"input", "a.pcapng"},
            {"interface", "eth1"},
            {"src", "02:0a:01:00:01:01"},
            {"vlan", {5}},
            {"protocol_version", 2},
            {"bpdu_type", "rst"},
            {"encapsulation", "cisco"},
            {"pvid", 10},
            {"flags", 0x3c},
            {"flag_names", {"learning", "forwarding"}},
            {"role", "designated"},
            {"root", kRoot},
            {"root_cost", 4},
            {"bridge", {{"priority", 32768}, {"system_id", 10}, {"mac", "02:0a:01:00:01:00"}}},
            {"port", 0x8002},
            {"message_age", 1.5},
            {"max_age", 20.0},
            {"hello_time", 2.0},
            {"forward_delay", 15.0}}));
}

TEST_F(Bpdus, AnMstBpduHasItsRegionAndInstances) {
  see(test::ieee_bpdu_frame(test::mst_bpdu("0050", test::kMstiMessage)));
  const json record = records().at(0);
  EXPECT_EQ(record["bpdu_type"], "mst");
  EXPECT_EQ(record["mst"],
            json({{"format", 0},
                  {"region", "floor-1"},
                  {"revision", 7},
                  {"digest", "ac36177f50283cd4b83821d8ab26de62"},
                  {"pre_standard", false},
                  {"internal_cost", 200},
                  {"bridge", {{"priority", 4096}, {"system_id", 0}, {"mac", "02:0a:01:00:03:00"}}},
                  {"remaining_hops", 19},
                  {"instances",
                   {{{"msti", 5},
                     {"flags", 0x3d},
                     {"flag_names", {"topology_change", "learning", "forwarding"}},
                     {"role", "designated"},
                     {"regional_root",
                      {{"priority", 8192}, {"system_id", 5}, {"mac", "02:0a:01:00:04:00"}}},
                     {"internal_cost", 100},
                     {"bridge_priority", 0x9000},
                     {"port_priority", 0x40},
                     {"remaining_hops", 18}}}}}));
}

TEST_F(Bpdus, AConfigBpduHasNoRoleAndATcnNoVector) {
  see(test::ieee_bpdu_frame(test::kConfigBpdu));
  see(test::ieee_bpdu_frame(test::kTcnBpdu));
  const auto r = records();
  EXPECT_EQ(r.at(0)["flag_names"], json({"topology_change", "topology_change_ack"}));
  EXPECT_FALSE(r.at(0).contains("role"));
  EXPECT_FALSE(r.at(0).contains("pvid"));
  EXPECT_FALSE(r.at(0).contains("vlan"));
  EXPECT_EQ(r.at(1), json({{"type", "bpdu"},
                           {"t", 100.0},
                           {"frame", 2},
                           {"input", "a.pcapng"},
                           {"interface", "eth1"},
                           {"src", "02:0a:01:00:01:01"},
                           {"protocol_version", 0},
                           {"bpdu_type", "tcn"},
                           {"encapsulation", "ieee"}}));
}

TEST_F(Bpdus, ARefusedOneHasTheReasonAndNothingElseOfIt) {
  see(test::ieee_bpdu_frame("0000 02 02 3c"));
  EXPECT_EQ(records().at(0), json({{"type", "bpdu"},
                                   {"t", 100.0},
                                   {"frame", 1},
                                   {"input", "a.pcapng"},
                                   {"interface", "eth1"},
                                   {"src", "02:0a:01:00:01:01"},
                                   {"error", "too short for an RST BPDU"}}));
}

TEST_F(Bpdus, OnlyThoseBetweenTheInstants) {
  for (int i = 0; i < 5; ++i) see(test::ieee_bpdu_frame(test::kTcnBpdu), seconds{100 + i});
  const auto r = records(seconds{101}, seconds{103});
  ASSERT_EQ(r.size(), 3u);
  EXPECT_EQ(r[0]["frame"], 2);
  EXPECT_EQ(r[2]["frame"], 4);
}

TEST_F(Bpdus, TheTableHasARowEach) {
  see(test::pvst_bpdu_frame(test::kConfigBpdu + "00" + test::kPvstVlan10, "88a8 0007 8100 000a"));
  see(test::ieee_bpdu_frame(test::kTcnBpdu));
  see(test::ieee_bpdu_frame(""));
  see(test::ieee_bpdu_frame(test::mst_bpdu("0050", test::kMstiMessage)));
  EXPECT_EQ('\n' + print(Format::text), R"(
Time             Frame  Source             VLAN  PVID  Kind        Root                        Cost  Bridge                        Port  Age  Max  Hello  Delay  Flags
00:01:40.000000      1  02:0a:01:00:01:01  7.10    10  Conf PVST+  24576/10/02:0a:01:00:02:00     4  32768/10/02:0a:01:00:01:00  0x8002  1.5   20      2     15  TC, TC ack
00:01:40.000000      2  02:0a:01:00:01:01              TCN
00:01:40.000000      3  02:0a:01:00:01:01                                                                                                                        refused: too short for any BPDU
00:01:40.000000      4  02:0a:01:00:01:01              MST         24576/10/02:0a:01:00:02:00     4  4096/0/02:0a:01:00:03:00    0x8002  1.5   20      2     15  learning, forwarding, agreement, designated
)");
}

}  // namespace
}  // namespace tapstat::report
