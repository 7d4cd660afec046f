// The same packets from one input or from several: nothing may be told differently.
#include <gtest/gtest.h>

#include <utility>

#include "capture/merge.h"
#include "tests/analysis/tcp/recording.h"

namespace tapstat::test {
namespace {

using analysis::Engine;

// The packets for which `goes_to(index)` is the same are one input.
template <typename GoesTo>
[[nodiscard]] std::unique_ptr<Engine> read_split(const Recording& all, GoesTo goes_to) {
  std::vector<Recording> parts(2);
  for (std::size_t i = 0; i < all.size(); ++i) parts[goes_to(i)].push_back(all[i]);
  std::vector<std::unique_ptr<capture::Source>> sources;
  for (Recording& part : parts) sources.push_back(source_of(std::move(part)));
  const auto merged = capture::merge(std::move(sources));
  EXPECT_TRUE(merged);
  return read_through(**merged);
}

void expect_same(const Engine& whole, const Engine& split, const std::string& what) {
  const std::uint32_t connections = whole.model().tcp.connections().size();
  ASSERT_EQ(split.model().tcp.connections().size(), connections) << what;
  for (std::uint32_t id = 0; id < connections; ++id) {
    EXPECT_EQ(steps_of(whole, id), steps_of(split, id)) << what << ", connection " << id;
  }
}

class SamplesFromSeveralInputs : public testing::TestWithParam<const char*> {
 protected:
  const Recording all_ = read_sample(GetParam());
  const std::unique_ptr<Engine> whole_ = read_through(*source_of(all_));
};

TEST_P(SamplesFromSeveralInputs, EverySecondPacketFromAnother) {
  const auto split = read_split(all_, [](std::size_t i) { return i % 2; });
  expect_same(*whole_, *split, GetParam());
}

TEST_P(SamplesFromSeveralInputs, TheSecondHalfFromAnother) {
  const auto split = read_split(all_, [this](std::size_t i) { return i * 2 / all_.size(); });
  expect_same(*whole_, *split, GetParam());
}

TEST_P(SamplesFromSeveralInputs, ByPacketsOfEitherDirection) {
  const auto split = read_split(all_, [this](std::size_t i) {
    const auto& b = all_[i].bytes;
    return std::size_t{b.size() > 12 && b[11] < b[5]};  // by MAC address
  });
  expect_same(*whole_, *split, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Samples, SamplesFromSeveralInputs,
                         testing::Values("close", "web", "handshake-loss", "ipv6", "tunnel"),
                         [](const testing::TestParamInfo<const char*>& test) {
                           std::string name = test.param;
                           std::erase(name, '-');
                           return name;
                         });

// Near hosts are recognised by input: half a handshake at each must not make another tap of it.
TEST(SeveralInputs, OfATapAtEitherHost) {
  for (const std::string& file : script_files("vectors")) {
    const Script script = read_script(file);
    for (const Observer observer : script.observers) {
      const Recording all = record(script, {.observer = observer});
      const auto whole = read_through(*source_of(all));
      const auto alternate = read_split(all, [](std::size_t i) { return i % 2; });
      const auto halves = read_split(all, [&](std::size_t i) { return i * 2 / all.size(); });
      const std::string what = file + " at " + std::to_string(static_cast<int>(observer));
      expect_same(*whole, *alternate, what + ", alternately");
      expect_same(*whole, *halves, what + ", halves");
    }
  }
}

}  // namespace
}  // namespace tapstat::test
