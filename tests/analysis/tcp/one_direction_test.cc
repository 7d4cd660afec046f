// A tap that only one direction passes: what it tells of either end may be less, and must not be
// sure and wrong.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/flow_key.h"
#include "decode/decoder.h"
#include "tests/analysis/tcp/removal.h"

namespace tapstat::test {
namespace {

// Of each frame, whether `sender` sent it: the index of an end in the connection's key.
[[nodiscard]] std::vector<bool> sent_by(int sender, const Recording& frames) {
  std::vector<bool> sent;
  for (const Recorded& r : frames) {
    decode::Segment segment;
    const bool is_tcp = decode::decode_tcp(frame_of(r.bytes, r.time.time_since_epoch()), segment);
    sent.push_back(is_tcp && analysis::key_of(segment).sender == sender);
  }
  return sent;
}

void expect_nothing_wrong(const Whole& whole, const std::string& what) {
  if (whole.engine->model().tcp.connections().size() != 1) return;
  for (const int gone : {0, 1}) {
    EXPECT_EQ(wrong_without(whole, sent_by(gone, whole.frames)), "") << what;
  }
}

class OneDirection : public testing::TestWithParam<std::string> {};

TEST_P(OneDirection, OfAScriptIsNotSureOfWhatWasNot) {
  const Script script = read_script(GetParam());
  for (const Observer observer : script.observers) {
    expect_nothing_wrong(Whole(record(script, {.observer = observer})), GetParam());
  }
}

[[nodiscard]] std::string name_of(const testing::TestParamInfo<std::string>& test) {
  return "v" + std::filesystem::path(test.param).stem().string();
}

INSTANTIATE_TEST_SUITE_P(Scripts, OneDirection, testing::ValuesIn(script_files("vectors")),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Repaired, OneDirection, testing::ValuesIn(script_files("repaired")),
                         name_of);

TEST(OneDirectionOnly, OfASampleIsNotSureOfWhatWasNot) {
  for (const char* const sample : {"close", "web"}) {
    int normal = 0;
    for (Exchange& e : exchanges_of(read_sample(sample))) {
      const Whole whole(std::move(e.frames));
      if (!whole.is_normal()) continue;
      ++normal;
      expect_nothing_wrong(whole, sample);
    }
    EXPECT_GT(normal, 2) << sample;
  }
}

}  // namespace
}  // namespace tapstat::test
