// Removing any one packet from the capture of a normal connection.
#include "tests/analysis/tcp/removal.h"

#include <gtest/gtest.h>

namespace tapstat::test {
namespace {

void expect_nothing_wrong(const Whole& whole, const std::string& what) {
  for (std::size_t gone = 0; gone < whole.frames.size(); ++gone) {
    EXPECT_EQ(wrong_without(whole, gone), "") << what;
  }
}

class RemovalFromSample : public testing::TestWithParam<const char*> {};

TEST_P(RemovalFromSample, OfAnyPacketMakesNoStateWrong) {
  int normal = 0;
  for (Exchange& e : exchanges_of(read_sample(GetParam()))) {
    const Whole whole(std::move(e.frames));
    if (!whole.is_normal()) continue;
    ++normal;
    expect_nothing_wrong(whole,
                         std::to_string(e.key.port[0]) + " and " + std::to_string(e.key.port[1]));
  }
  EXPECT_GT(normal, 2);
}

INSTANTIATE_TEST_SUITE_P(Samples, RemovalFromSample, testing::Values("close", "web"));

class RemovalFromScript : public testing::TestWithParam<const char*> {};

TEST_P(RemovalFromScript, OfAnyPacketMakesNoStateWrong) {
  const Script script = script_named(std::string("vectors/") + GetParam());
  for (const Observer observer : {Observer::client, Observer::between, Observer::server}) {
    for (const std::uint32_t isn : {1000u, 0xffffffffu - 3}) {
      const Staging staging{.client_isn = isn, .server_isn = isn + 77, .observer = observer};
      expect_nothing_wrong(Whole(record(script, staging)), GetParam());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Scripts, RemovalFromScript,
                         testing::Values("01_normal_close", "02_server_closes_first",
                                         "03_three_segment_close", "15_half_close",
                                         "16_orphan_gets_data", "27_data_on_syn_not_taken"));

}  // namespace
}  // namespace tapstat::test
