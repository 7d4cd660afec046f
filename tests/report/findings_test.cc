// Findings as text and as records.
#include "report/findings.h"

#include <gtest/gtest.h>

#include <sstream>

#include "analysis/engine.h"
#include "report/finding_words.h"
#include "tests/support/json.h"
#include "tests/support/packet_builder.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using analysis::Finding;
using analysis::FindingKind;
using nlohmann::json;

[[nodiscard]] std::vector<FindingKind> all_kinds() {
  std::vector<FindingKind> kinds;
  for (std::size_t i = 0; i < analysis::kFindingNames.size(); ++i) {
    kinds.push_back(static_cast<FindingKind>(i));
  }
  return kinds;
}

TEST(FindingWords, EachKindHasASentenceAndAdvice) {
  for (const FindingKind kind : all_kinds()) {
    Finding f;
    f.kind = kind;
    EXPECT_FALSE(finding_text(f).empty()) << name(kind);
    const std::string_view advice = advice_of(kind);
    ASSERT_FALSE(advice.empty()) << name(kind);
    EXPECT_EQ(advice.back(), '.') << name(kind);
    EXPECT_EQ(advice.find(". "), std::string_view::npos) << name(kind) << ": one sentence";
  }
}

TEST(FindingWords, SubjectsAreWrittenAsEverywhere) {
  const auto v6 = analysis::IpAddress::from_wire(test::ip_bytes("2001:db8::1").data(), 6);
  EXPECT_EQ(subject_text({}), "capture");
  EXPECT_EQ(subject_text(v6), "2001:db8::1");
  EXPECT_EQ(subject_text(analysis::Socket{v6, 80}), "[2001:db8::1]:80");
}

class RefusedOnce : public testing::Test {
 protected:
  RefusedOnce() {
    see(test::tcp({.flags = "S", .seq = 1}));
    see(test::tcp({.src = "10.0.0.2",
                   .src_port = 80,
                   .dst = "10.0.0.1",
                   .dst_port = 40000,
                   .flags = "RA",
                   .ack = 2}));
    engine_.finish();
  }

  [[nodiscard]] std::string print(View view, Format format, std::size_t width = 80) {
    Report report{engine_.model(), {&input_}, std::nullopt, Zone::utc};
    report.width = width;
    test::StringOutput out;
    report::print(report, view, format, out);
    return out.text();
  }

 private:
  void see(const test::Buffer& frame) {
    const capture::Frame f = test::frame_of(frame, std::chrono::seconds{1'700'000'000}, ++frames_);
    engine_.take({&f, 1});
  }

  analysis::Engine engine_{1, {.journal = true}, {.packets = true}};
  capture::InputInfo input_;
  std::uint64_t frames_ = 0;
};

TEST_F(RefusedOnce, LinesFitTheTerminal) {
  for (const std::size_t width : {40u, 60u, 80u}) {
    std::istringstream lines(print(View::findings, Format::text, width));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      if (count > 0) {
        EXPECT_LE(line.size(), width) << line;
      }
    }
    EXPECT_GE(count, 4) << "heading, sentence, advice, frames";
  }
}

TEST_F(RefusedOnce, TheReportEndsWithFindings) {
  const std::string text = print(View::report, Format::text);
  EXPECT_NE(text.find("\nFindings\nwarning  "), std::string::npos) << text;
  const json last = test::parse_records(print(View::report, Format::json)).back();
  EXPECT_EQ(last["type"], "finding");
  EXPECT_EQ(last["kind"], "connection_refused");
  EXPECT_EQ(last["subject"], "10.0.0.2:80");
  EXPECT_EQ(last["frames"], json({2}));
  EXPECT_FALSE(last["advice"].get<std::string>().empty());
}

}  // namespace
}  // namespace tapstat::report
