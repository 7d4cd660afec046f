// The JSON lines of a view, read back by a JSON library.
#include "report/records.h"

#include <gtest/gtest.h>

#include "analysis/engine.h"
#include "tests/support/json.h"
#include "tests/support/packet_builder.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using nlohmann::json;
using test::Buffer;

class Records : public testing::Test {
 protected:
  void see(const Buffer& frame, std::chrono::nanoseconds t) {
    const capture::Frame f = test::frame_of(frame, t, ++frames_);
    engine_.take({&f, 1});
  }

  [[nodiscard]] std::vector<json> print(View view) {
    test::StringOutput out;
    report::print({engine_.model(), {&input_}, std::nullopt, Zone::utc}, view, Format::json, out);
    return test::parse_records(out.text());
  }

  Records() {
    input_.path = "x.pcap";
    input_.format = "pcap";
  }

 private:
  capture::InputInfo input_;
  analysis::Engine engine_{1};
  std::uint64_t frames_ = 0;
};

TEST_F(Records, CaptureRecordComesFirstAndAlone) {
  const auto records = print(View::tcp);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0]["type"], "capture");
  EXPECT_EQ(records[0]["inputs"][0]["path"], "x.pcap");
  EXPECT_EQ(records[0]["packets"], 0);
  EXPECT_FALSE(records[0].contains("first"));
  EXPECT_FALSE(records[0]["inputs"][0].contains("snaplen"));
}

TEST_F(Records, TcpRecordNamesBothEnds) {
  using std::chrono::seconds;
  see(test::tcp({.flags = "S", .seq = 7, .mss = 1460, .wscale = 7, .vlan = {10, 20}}),
      seconds{100});
  see(test::tcp({.src = "10.0.0.2",
                 .src_port = 80,
                 .dst = "10.0.0.1",
                 .dst_port = 40000,
                 .flags = "SA",
                 .seq = 90,
                 .ack = 8,
                 .vlan = {10, 20}}),
      std::chrono::milliseconds{100'500});
  const auto records = print(View::tcp);
  ASSERT_EQ(records.size(), 2u);
  const json& tcp = records[1];
  EXPECT_EQ(tcp["type"], "tcp");
  EXPECT_EQ(tcp["id"], 0);
  EXPECT_EQ(tcp["roles"], "handshake");
  EXPECT_EQ(tcp["client"]["ip"], "10.0.0.1");
  EXPECT_EQ(tcp["client"]["port"], 40000);
  EXPECT_EQ(tcp["client"]["mac"], "02:00:00:00:00:01");
  EXPECT_EQ(tcp["client"]["state"], "ESTABLISHED");
  EXPECT_EQ(tcp["client"]["sure"], false);
  EXPECT_EQ(tcp["client"]["isn"], 7);
  EXPECT_EQ(tcp["client"]["mss"], 1460);
  EXPECT_EQ(tcp["client"]["wscale"], 7);
  EXPECT_EQ(tcp["server"]["state"], "SYN_RECV");
  EXPECT_EQ(tcp["server"]["sure"], true);
  EXPECT_EQ(tcp["server"]["since"], 100.0);
  EXPECT_FALSE(tcp["server"].contains("mss"));
  EXPECT_EQ(tcp["handshake"]["complete"], false);
  EXPECT_EQ(tcp["handshake"]["server_rtt"], 0.5);
  EXPECT_FALSE(tcp["handshake"].contains("client_rtt"));
  EXPECT_FALSE(tcp.contains("closed_by"));
  EXPECT_EQ(tcp["vlan"], json::array({10, 20}));
}

TEST_F(Records, TunnelsAreListedOutermostFirst) {
  see(test::ethernet(
          test::vxlan(test::tcp({.flags = "S"}), 5, {.src = "192.0.2.1", .dst = "192.0.2.2"})),
      std::chrono::seconds{1});
  const json tcp = print(View::tcp)[1];
  ASSERT_EQ(tcp["tunnel"].size(), 1u);
  EXPECT_EQ(tcp["tunnel"][0]["kind"], "vxlan");
  EXPECT_EQ(tcp["tunnel"][0]["outer_src"], "192.0.2.1");
  EXPECT_EQ(tcp["tunnel"][0]["id"], 5);
}

TEST_F(Records, StatesAreCountedBySide) {
  see(test::tcp({.flags = "S", .seq = 7}), std::chrono::seconds{1});
  const auto records = print(View::states);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[1],
            test::parse_json(
                R"({"type":"state_count","state":"SYN_SENT","client":1,"server":0,"total":1})"));
  EXPECT_EQ(records[2],
            test::parse_json(
                R"({"type":"state_count","state":"SYN_RECV","client":0,"server":1,"total":1})"));
}

}  // namespace
}  // namespace tapstat::report
