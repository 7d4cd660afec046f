#include "report/lvs/differences.h"

#include <gtest/gtest.h>

#include "tests/report/lvs_scene.h"

namespace tapstat::report {
namespace {

using Kind = LvsDifferenceKind;

[[nodiscard]] lvs::Overview seen() {
  std::vector<lvs::Path> paths;
  paths.reserve(12);
  for (int i = 0; i < 12; ++i) {
    paths.push_back(path_of(fmt::format("198.51.100.7:{}", 4000 + i),
                            i % 3 == 2 ? "10.0.0.6:80" : "10.0.0.5:80"));
  }
  auto overview =
      overview_of(std::move(paths), {real_server("10.0.0.5:80", 8), real_server("10.0.0.6:80", 4)});
  overview.services[0].servers[0].weight = 2;
  overview.services[0].servers[1].weight = 1;
  overview.services[0].scheduler.candidates = {{lvs::Scheduler::wrr, 0.99}};
  overview.services[0].scheduler.determined = true;
  return overview;
}

[[nodiscard]] std::vector<LvsDifference> differences(std::string_view configuration,
                                                     const lvs::Overview& overview = seen()) {
  return compare(IpvsConfiguration::parse(configuration).value(), overview);
}

[[nodiscard]] std::vector<Kind> kinds(std::string_view configuration,
                                      const lvs::Overview& overview = seen()) {
  std::vector<Kind> all;
  for (const LvsDifference& d : differences(configuration, overview)) all.push_back(d.kind);
  return all;
}

using Kinds = std::vector<Kind>;
constexpr std::string_view kRight =
    "-A -t 192.0.2.1:80 -s wrr\n"
    "-a -t 192.0.2.1:80 -r 10.0.0.5:80 -m -w 4\n"
    "-a -t 192.0.2.1:80 -r 10.0.0.6:80 -m -w 2\n";

TEST(LvsDifferences, NoneWhereAllIsAsConfigured) { EXPECT_EQ(kinds(kRight), Kinds{}); }

TEST(LvsDifferences, ServicesOfOneSideOnly) {
  EXPECT_EQ(kinds("-A -t 192.0.2.9:80 -s rr\n"),
            (Kinds{Kind::service_not_seen, Kind::service_not_configured}));
  EXPECT_EQ(kinds("-A -u 192.0.2.1:80 -s rr\n"),
            (Kinds{Kind::service_not_seen, Kind::service_not_configured}));
}

TEST(LvsDifferences, RealServersOfOneSideOnly) {
  const auto all = differences(
      "-A -t 192.0.2.1:80 -s wrr\n"
      "-a -t 192.0.2.1:80 -r 10.0.0.5:80 -m -w 4\n"
      "-a -t 192.0.2.1:80 -r 10.0.0.7:80 -m -w 2\n"
      "-a -t 192.0.2.1:80 -r 10.0.0.8:80 -m -w 0\n");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].kind, Kind::server_not_configured);
  EXPECT_EQ(all[0].server, socket("10.0.0.6:80"));
  EXPECT_EQ(all[1].kind, Kind::server_not_seen);
  EXPECT_EQ(all[1].server, socket("10.0.0.7:80"));
}

TEST(LvsDifferences, AServerIsNotMissedWherePacketsDoNotTellWhichItWas) {
  auto overview = seen();
  overview.paths[3].target.socket = std::nullopt;
  EXPECT_EQ(kinds(std::string{kRight} + "-a -t 192.0.2.1:80 -r 10.0.0.7:80 -m -w 1\n", overview),
            Kinds{});
}

TEST(LvsDifferences, ModeSchedulerWeightAndPersistence) {
  EXPECT_EQ(kinds("-A -t 192.0.2.1:80 -s wrr\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.5:80 -g -w 4\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.6:80 -m -w 2\n"),
            Kinds{Kind::mode});
  EXPECT_EQ(kinds("-A -t 192.0.2.1:80 -s sh\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.5:80 -m -w 4\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.6:80 -m -w 2\n"),
            Kinds{Kind::scheduler});
  EXPECT_EQ(kinds("-A -t 192.0.2.1:80 -s wrr\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.5:80 -m -w 3\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.6:80 -m -w 1\n"),
            Kinds{Kind::weight});
  EXPECT_EQ(kinds("-A -t 192.0.2.1:80 -s wrr\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.5:80 -m -w 3\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.6:80 -m -w 0\n"),
            Kinds{Kind::weight});
  auto overview = seen();
  overview.services[0].scheduler.is_persistent = true;
  EXPECT_EQ(kinds(kRight, overview), Kinds{Kind::persistence});
}

TEST(LvsDifferences, EqualWeightsHideWhetherTheyAreHeeded) {
  auto overview = seen();
  overview.services[0].scheduler.candidates = {{lvs::Scheduler::rr, 0.99}};
  overview.services[0].servers[0].weight = overview.services[0].servers[1].weight = std::nullopt;
  EXPECT_EQ(kinds("-A -t 192.0.2.1:80 -s wrr\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.5:80 -m -w 4\n"
                  "-a -t 192.0.2.1:80 -r 10.0.0.6:80 -m -w 4\n",
                  overview),
            Kinds{});
}

// The kernel masquerades, and the packet filter rewrites the source.
TEST(LvsDifferences, FullnatIsMasqueradingWithMore) {
  auto overview = seen();
  overview.services[0].mode = lvs::Mode::fullnat;
  EXPECT_EQ(kinds(kRight, overview), Kinds{});
}

TEST(LvsDifferences, AMarkedServiceIsKnownByItsRealServers) {
  EXPECT_EQ(kinds("-A -f 7 -s wrr\n"
                  "-a -f 7 -r 10.0.0.5:0 -m -w 2\n"
                  "-a -f 7 -r 10.0.0.6:0 -m -w 1\n"),
            Kinds{});
}

TEST(LvsDifferences, HaveRecordsAndText) {
  const Scene scene(seen());
  const auto configuration = IpvsConfiguration::parse("-A -t 192.0.2.9:80 -s rr\n").value();
  Report report = scene.report();
  report.intended = &configuration;
  const auto records = records_of(report, View::lvs, "lvs_difference");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0]["kind"], "service_not_seen");
  EXPECT_EQ(records[0]["vip"], "192.0.2.9");
  EXPECT_FALSE(records[0].contains("seen"));
  const std::string text = text_of(report, View::lvs);
  EXPECT_TRUE(has_line(text, "  TCP 192.0.2.1:80: not configured, and 12 connections seen"))
      << text;
}

}  // namespace
}  // namespace tapstat::report
