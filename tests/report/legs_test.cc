#include "report/legs.h"

#include <gtest/gtest.h>

#include "tests/report/lvs_scene.h"
#include "tests/support/json.h"
#include "tests/support/packet_builder.h"

namespace tapstat::report {
namespace {

using nlohmann::json;

// 0: client to VIP; 1: on to the real server; 2: another client, by itself; 3: what comes to the
// first through a gateway.
class ConnectionLegs : public testing::Test {
 protected:
  ConnectionLegs() {
    open("198.51.100.7", 4001, "192.0.2.1", 80);
    open("198.51.100.7", 4001, "10.0.0.5", 8080);
    open("198.51.100.8", 4002, "192.0.2.9", 80);
    open("10.9.9.9", 4001, "192.0.2.1", 80);
  }
  void open(std::string_view src, std::uint16_t sport, std::string_view dst, std::uint16_t dport) {
    const auto bytes =
        test::tcp({.src = src, .src_port = sport, .dst = dst, .dst_port = dport, .flags = "S"});
    const capture::Frame frame = test::frame_of(bytes, std::chrono::seconds{1}, ++frames);
    engine.take({&frame, 1});
  }
  [[nodiscard]] static lvs::Overview one_path() {
    lvs::Path path = path_of("198.51.100.7:4001", "10.0.0.5:8080");
    path.connections = {0, 1};
    return overview_of({path}, {});
  }
  [[nodiscard]] static analysis::nat::Translation gateway() {
    analysis::nat::Translation t;
    t.protocol = 6;
    t.original = {socket("10.9.9.9:4001"), socket("192.0.2.1:80")};
    t.translated = {socket("198.51.100.7:4001"), socket("192.0.2.1:80")};
    t.connections = {0, 3};
    return t;
  }

  analysis::Engine engine{1, {}, {}};
  std::uint64_t frames = 0;
};

TEST_F(ConnectionLegs, BelongToTheClientsOwn) {
  const Forwarded forwarded(engine.model(), {one_path(), {}});
  ASSERT_EQ(forwarded.legs().of(0).size(), 1u);
  EXPECT_EQ(forwarded.legs().of(0)[0].id, 1u);
  EXPECT_EQ(forwarded.legs().find(1)->leg_of, 0u);
  EXPECT_EQ(forwarded.legs().find(1)->box, "nat");
  EXPECT_EQ(forwarded.legs().find(0), nullptr);
  EXPECT_TRUE(forwarded.legs().of(2).empty());
}

TEST_F(ConnectionLegs, OfSeveralBoxesInARowBelongToTheFirst) {
  const Forwarded forwarded(engine.model(), {one_path(), {gateway()}});
  EXPECT_EQ(forwarded.legs().find(0)->leg_of, 3u);
  EXPECT_EQ(forwarded.legs().find(1)->leg_of, 3u);
  EXPECT_EQ(forwarded.legs().of(3).size(), 2u);
  EXPECT_TRUE(forwarded.legs().of(0).empty());
}

TEST_F(ConnectionLegs, InACircleStayApart) {
  auto there = gateway(), back = gateway();
  back.original = {socket("198.51.100.7:4001"), socket("192.0.2.1:80")};
  const Forwarded forwarded(engine.model(), {{}, {there, back}});
  EXPECT_EQ(forwarded.legs().size(), 1u);
}

TEST_F(ConnectionLegs, AreInRecordsAndBelowTheirConnection) {
  const auto model = engine.model();
  const Forwarded forwarded(model, {one_path(), {}});
  Report report{.model = model, .inputs = {}, .zone = Zone::utc};
  report.forwarded = &forwarded;
  report.ascii = true;
  const auto records = records_of(report, View::tcp, "tcp");
  EXPECT_EQ(records.at(0)["legs"], test::parse_json("[1]"));
  EXPECT_EQ(records.at(1)["leg_of"], 0);
  EXPECT_FALSE(records.at(2).contains("legs"));
  const std::string text = text_of(report, View::tcp);
  EXPECT_NE(text.find(" 1  ` 198.51.100.7:4001  SYN_SENT  10.0.0.5:8080 (nat)"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace tapstat::report
