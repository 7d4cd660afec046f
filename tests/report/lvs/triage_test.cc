#include "report/lvs/triage.h"

#include <gtest/gtest.h>

#include "tests/report/lvs_scene.h"

namespace tapstat::report {
namespace {

using nlohmann::json;

[[nodiscard]] ClientChoice client() { return {socket("198.51.100.7:0").address, 4001}; }

[[nodiscard]] std::vector<Triage> triage_of(const lvs::Path& path) {
  const Scene scene(overview_of({path, path_of("198.51.100.8:9", "10.0.0.6:80")}, {}));
  auto all = triage(scene.report(), client());
  for (Triage& t : all) t.path = nullptr;  // gone with the scene
  return all;
}

TEST(Triage, AClientThatIsServedIsFollowedAllTheWay) {
  const auto all = triage_of(path_of("198.51.100.7:4001", "10.0.0.5:8080"));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].forwarded.answer, Answer::yes);
  EXPECT_EQ(all[0].forwarded.frame, 2u);
  EXPECT_EQ(all[0].forwarded.text, "to 10.0.0.5:8080, 1.0ms later");
  EXPECT_EQ(all[0].answered.text, "it accepted, through the director");
  EXPECT_EQ(all[0].meaning, "All as it should be, both ways.");
  EXPECT_TRUE(all[0].next.empty());
}

TEST(Triage, SaysWhatARefusalMeans) {
  lvs::Path path = path_of("198.51.100.7:4001", "10.0.0.5:8080");
  path.reception = lvs::Reception::refused;
  const auto all = triage_of(path);
  EXPECT_EQ(all.at(0).answered.answer, Answer::yes);
  EXPECT_NE(all[0].meaning.find("refused"), std::string::npos);
  EXPECT_FALSE(all[0].next.empty());
}

TEST(Triage, SilenceMeansLessWhereAnswersGoPastTheDirector) {
  for (const lvs::Mode mode : {lvs::Mode::nat, lvs::Mode::dr, lvs::Mode::tun}) {
    lvs::Path path = path_of("198.51.100.7:4001", "10.0.0.5:80", mode);
    path.reception = lvs::Reception::unanswered;
    path.return_path = lvs::ReturnPath::unseen;
    const auto all = triage_of(path);
    EXPECT_EQ(all.at(0).answered.answer, Answer::no);
    EXPECT_EQ(all[0].meaning.find("past the director") != std::string::npos,
              mode != lvs::Mode::nat);
  }
}

TEST(Triage, TellsAnswersThatBypassADirectorTheyShouldPass) {
  lvs::Path path = path_of("198.51.100.7:4001", "10.0.0.5:8080");
  path.return_path = lvs::ReturnPath::direct;
  EXPECT_NE(triage_of(path).at(0).meaning.find("past the director, though"), std::string::npos);
  path.mode = lvs::Mode::dr;
  EXPECT_NE(triage_of(path).at(0).meaning.find("All as it should be"), std::string::npos);
}

TEST(Triage, AClientThatWasNeverSeenIsSaidSo) {
  const Scene scene(overview_of({path_of("198.51.100.8:9", "10.0.0.6:80")}, {}));
  const auto all = triage(scene.report(), client());
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].reached.answer, Answer::no);
  EXPECT_EQ(all[0].path, nullptr);
}

TEST(Triage, HasRecordsAndText) {
  const Scene scene(overview_of({path_of("198.51.100.7:4001", "10.0.0.5:8080")}, {}));
  const ClientChoice choice = client();
  Report report = scene.report();
  report.triage = &choice;
  const json r = records_of(report, View::lvs, "lvs_triage").at(0);
  EXPECT_EQ(r["cip"], "198.51.100.7");
  EXPECT_EQ(r["rip"], "10.0.0.5");
  EXPECT_EQ(r["forwarded"]["answer"], "yes");
  EXPECT_EQ(r["forwarded"]["frame"], 2);
  EXPECT_TRUE(records_of(report, View::lvs, "lvs_path").empty());
  const std::string text = text_of(report, View::lvs);
  EXPECT_TRUE(text.starts_with("TCP 198.51.100.7:4001 to 192.0.2.1:80 (nat)\n")) << text;
  EXPECT_NE(text.find("yes      frame 2, 00:00:01.001000: to 10.0.0.5:8080"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace tapstat::report
