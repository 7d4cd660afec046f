#include "report/lvs.h"

#include <gtest/gtest.h>

#include "report/query/record_filter.h"
#include "report/text_width.h"
#include "tests/report/lvs_scene.h"
#include "tests/support/json.h"

namespace tapstat::report {
namespace {

using nlohmann::json;

[[nodiscard]] lvs::Overview three_clients() {
  auto overview = overview_of(
      {path_of("198.51.100.7:4001", "10.0.0.5:8080"), path_of("198.51.100.7:4002", "10.0.0.6:8080"),
       path_of("198.51.100.8:4003", "10.0.0.5:8080")},
      {real_server("10.0.0.5:8080", 2), real_server("10.0.0.6:8080", 1)});
  lvs::Service& service = overview.services.front();
  service.scheduler.candidates = {{.name = lvs::Scheduler::rr, .confidence = 0.75},
                                  {.name = lvs::Scheduler::lc, .confidence = 0.25}};
  service.director.dips = {socket("10.0.0.1:0").address};
  return overview;
}

TEST(Lvs, AServiceRecordSaysWhatIsKnown) {
  auto overview = three_clients();
  overview.services.front().servers[0].weight = 2;
  overview.services.front().rejected = 4;
  const Scene scene(std::move(overview));
  const auto records = records_of(scene.report(), View::lvs, "lvs_service");
  ASSERT_EQ(records.size(), 1u);
  const json& r = records.front();
  EXPECT_EQ(r["vip"], "192.0.2.1");
  EXPECT_EQ(r["port"], 80);
  EXPECT_EQ(r["protocol"], "tcp");
  EXPECT_EQ(r["mode"], "nat");
  EXPECT_EQ(r["director"], test::parse_json(R"({"dips": ["10.0.0.1"]})"));
  EXPECT_EQ(r["real_servers"][0]["ip"], "10.0.0.5");
  EXPECT_EQ(r["real_servers"][0]["weight"], 2);
  EXPECT_FALSE(r["real_servers"][1].contains("weight"));
  EXPECT_EQ(r["rejected"], 4);
  EXPECT_EQ(r["return_paths"]["director"], 3);
  for (const char* key : {"fwmark", "persistence", "client_rtt", "server_rtt"}) {
    EXPECT_FALSE(r.contains(key)) << key;
  }
}

TEST(Lvs, ASchedulerIsNamedOnlyWhereItIsDetermined) {
  auto overview = three_clients();
  {
    const Scene scene(overview);
    const json r = records_of(scene.report(), View::lvs, "lvs_service").at(0)["scheduler"];
    EXPECT_EQ(r["name"], "undetermined: rr or lc");
    EXPECT_EQ(r["confidence"], 0.75);
    EXPECT_EQ(r["runner_up"], "lc");
    EXPECT_EQ(r["candidates"][1]["name"], "lc");
  }
  auto& guess = overview.services.front().scheduler;
  guess.candidates.pop_back();
  guess.determined = true;
  const Scene scene(overview);
  const json r = records_of(scene.report(), View::lvs, "lvs_service").at(0)["scheduler"];
  EXPECT_EQ(r["name"], "rr");
  EXPECT_FALSE(r.contains("runner_up"));
  EXPECT_FALSE(r.contains("candidates"));
}

TEST(Lvs, APathRecordLeavesOutWhatThePacketsDoNotTell) {
  lvs::Path path = path_of("198.51.100.7:4001", "", lvs::Mode::dr);
  path.state = std::nullopt;
  path.expires = std::nullopt;
  const Scene scene(overview_of({path}, {}));
  const json r = records_of(scene.report(), View::lvs, "lvs_path").at(0);
  EXPECT_EQ(r["cip"], "198.51.100.7");
  EXPECT_EQ(r["cport"], 4001);
  EXPECT_EQ(r["evidence"], test::parse_json(R"(["isn"])"));
  EXPECT_EQ(r["sure"], true);
  for (const char* key : {"rip", "rport", "lip", "mac", "state", "expires", "others"}) {
    EXPECT_FALSE(r.contains(key)) << key;
  }
}

TEST(Lvs, AnEntryOfUdpIsNamedAsIpvsadmDoes) {
  lvs::Path path = path_of("198.51.100.7:4001", "10.0.0.5:53");
  path.protocol = 17;
  path.state = std::nullopt;
  const Scene scene(overview_of({path}, {}));
  EXPECT_EQ(records_of(scene.report(), View::lvs, "lvs_path").at(0)["state"], "UDP");
}

TEST(Lvs, TheTableIsThatOfIpvsadm) {
  const Scene scene(three_clients());
  const std::string text = text_of(scene.report(), View::lvs);
  EXPECT_EQ(text.substr(0, text.find('\n')), "Prot LocalAddress:Port Scheduler Flags");
  EXPECT_NE(text.find("\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn"),
            std::string::npos);
  EXPECT_TRUE(has_line(text, "TCP  192.0.2.1:80 undetermined"));
  EXPECT_NE(text.find("\n  -> 10.0.0.5:8080                Masq    -      0          0         "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("undetermined: rr or lc (rr 0.75, lc 0.25)"), std::string::npos);
}

TEST(Lvs, TheRoadShowsSharesAndTheWayBack) {
  const Scene scene(three_clients());
  Report report = scene.report();
  report.ascii = true;
  const std::string text = text_of(report, View::lvs);
  EXPECT_TRUE(
      has_line(text, "  CIP (2 clients) --> VIP 192.0.2.1:80 -+-  67% --> RIP 10.0.0.5:8080"))
      << text;
  EXPECT_TRUE(
      has_line(text, "                                        `-  33% --> RIP 10.0.0.6:8080"))
      << text;
  EXPECT_TRUE(
      has_line(text, "  CIP (2 clients) <-- VIP 192.0.2.1:80 <-- RIP  3 through the director"))
      << text;
}

TEST(Lvs, TheRoadFitsTheWidth) {
  const Scene scene(three_clients());
  for (const std::size_t width : {20u, 40u, 60u, 80u}) {
    Report report = scene.report();
    report.width = width;
    const std::string text = text_of(report, View::lvs);
    const auto from = text.find("\n  CIP") + 1;
    std::istringstream lines(text.substr(from, text.find("\n  mode") - from));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(width_of(line), width) << line;
  }
}

TEST(Lvs, PathsAreEntriesAsIpvsadmPrintsThem) {
  lvs::Path path = path_of("198.51.100.7:4001", "10.0.0.5:8080", lvs::Mode::fullnat);
  path.local = socket("10.0.0.1:5001");
  path.sure = false;
  const Scene scene(overview_of({path}, {}));
  const std::string text = text_of(scene.report(), View::lvs);
  EXPECT_NE(text.find("pro  expire  state"), std::string::npos);
  EXPECT_NE(text.find("TCP  14:59   ESTABLISHED  198.51.100.7:4001  192.0.2.1:80  [10.0.0.1:5001]  "
                      "10.0.0.5:8080?"),
            std::string::npos)
      << text;
}

TEST(Lvs, NothingIsASentence) {
  const Scene scene({});
  EXPECT_TRUE(text_of(scene.report(), View::lvs).starts_with("No virtual service: "));
  EXPECT_TRUE(text_of(scene.report(), View::nat).starts_with("No translation: "));
}

TEST(Lvs, WhereIsAboutPathsAndLeavesTheirServices) {
  const Scene scene(three_clients());
  const auto look = [&](const std::string& expression, std::string_view type) {
    const auto where = query::RecordFilter::parse(expression, RecordType::lvs_path).value();
    Report report = scene.report();
    where->start(query::clock_of(report));
    report.where = where.get();
    return records_of(report, View::lvs, type).size();
  };
  EXPECT_EQ(look("rip == 10.0.0.5", "lvs_path"), 2u);
  EXPECT_EQ(look("rip == 10.0.0.5", "lvs_service"), 1u);
  EXPECT_EQ(look("rip == 10.0.0.9", "lvs_service"), 0u);
}

TEST(Lvs, TheReportHasASectionWhereThereIsSomething) {
  const Scene scene(three_clients());
  EXPECT_NE(text_of(scene.report(), View::report).find("\nVirtual services (LVS): 1, with 3 paths"),
            std::string::npos);
  EXPECT_EQ(records_of(scene.report(), View::report, "lvs_path").size(), 3u);
  const Scene nothing({});
  EXPECT_EQ(text_of(nothing.report(), View::report).find("LVS"), std::string::npos);
}

}  // namespace
}  // namespace tapstat::report
