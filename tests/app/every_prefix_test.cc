// Every prefix of every sample is read to its end, and some are reported: a file may be cut
// anywhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "analysis/engine.h"
#include "capture/open_file.h"
#include "report/report.h"
#include "tests/app/command.h"
#include "tests/support/string_output.h"

namespace tapstat::test {
namespace {

[[nodiscard]] std::vector<std::string> samples() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(TAPSTAT_SAMPLES)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".pcap") != std::string::npos) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

struct Reading {
  std::uint64_t packets = 0;
  bool damaged = false;
};

// `analysed`: by an engine, too, whose reports are printed.
[[nodiscard]] std::optional<Reading> read(capture::Bytes bytes, bool analysed) {
  auto source = capture::open_memory(bytes, "prefix");
  if (!source) return std::nullopt;
  Reading reading;
  std::optional<analysis::Engine> engine;
  if (analysed) engine.emplace(1);
  for (auto frames = (*source)->next_batch(); !frames.empty(); frames = (*source)->next_batch()) {
    reading.packets += frames.size();
    if (engine) engine->take(frames);
  }
  reading.damaged = (*source)->inputs()[0]->damage.has_value();
  if (engine) {
    EXPECT_EQ(engine->model().totals.packets, reading.packets);
    const report::Report report{engine->model(), (*source)->inputs(), std::nullopt,
                                report::Zone::utc};
    StringOutput out;
    report::print(report, report::View::report, report::Format::text, out);
    report::print(report, report::View::report, report::Format::json, out);
    EXPECT_NE(out.text(), "");
  }
  return reading;
}

class EveryPrefix : public testing::TestWithParam<std::string> {};

TEST_P(EveryPrefix, IsReadToItsEnd) {
  constexpr std::size_t kAnalyseEvery = 101;  // an engine takes longer than the file
  const std::string content = content_of(GetParam());
  const std::vector<std::uint8_t> whole(content.begin(), content.end());
  std::uint64_t most = 0;
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    // A copy of its own, so that a read past the end is seen.
    const std::vector<std::uint8_t> prefix(whole.begin(),
                                           whole.begin() + static_cast<std::ptrdiff_t>(n));
    const auto reading = read(prefix, n % kAnalyseEvery == 0);
    if (!reading) continue;
    EXPECT_GE(reading->packets, most) << "prefix of " << n << " bytes";
    most = reading->packets;
    if (n == whole.size()) {
      EXPECT_FALSE(reading->damaged);
    }
  }
  EXPECT_GT(most, 0u);
}

INSTANTIATE_TEST_SUITE_P(Samples, EveryPrefix, testing::ValuesIn(samples()),
                         [](const testing::TestParamInfo<std::string>& test) {
                           std::string name = std::filesystem::path(test.param).filename().string();
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) {
                                 return std::isalnum(static_cast<unsigned char>(c)) == 0;
                               },
                               '_');
                           return name;
                         });

}  // namespace
}  // namespace tapstat::test
