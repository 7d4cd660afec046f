#include "analysis/crew.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <thread>

namespace tapstat::analysis {
namespace {

constexpr std::uint32_t kTasks = 16;

// Of each task its rounds so far; nothing of it is atomic, as the crew must order all of it.
struct Counted {
  std::uint32_t input = 0;
  std::array<std::uint32_t, kTasks> rounds{};
  std::array<std::uint32_t, kTasks> inputs{};
};

class CrewOf : public testing::TestWithParam<unsigned> {};

TEST_P(CrewOf, DoesEachTaskOfARoundOnceAndSeesWhatWasWrittenBefore) {
  constexpr std::uint32_t kRounds = 2000;
  Counted counted;
  Crew crew(GetParam(), kTasks, [&](std::uint32_t i) {
    ++counted.rounds[i];
    counted.inputs[i] = counted.input;
  });
  for (std::uint32_t round = 1; round <= kRounds; ++round) {
    counted.input = round;
    crew.start();
    crew.finish();
    for (std::uint32_t i = 0; i < kTasks; ++i) {
      ASSERT_EQ(counted.rounds[i], round);
      ASSERT_EQ(counted.inputs[i], round);
    }
  }
}

// Its workers have gone to sleep, or have done all by themselves.
TEST_P(CrewOf, WaitsBetweenRoundsAndInThem) {
  Counted counted;
  Crew crew(GetParam(), kTasks, [&](std::uint32_t i) { ++counted.rounds[i]; });
  for (int round = 0; round < 3; ++round) {
    crew.start();
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    crew.finish();
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  for (const std::uint32_t rounds : counted.rounds) EXPECT_EQ(rounds, 3u);
}

TEST_P(CrewOf, MayGoWithoutARound) {
  const Crew crew(GetParam(), kTasks, [](std::uint32_t) { FAIL(); });
}

INSTANTIATE_TEST_SUITE_P(Workers, CrewOf, testing::Values(0u, 1u, 2u, 7u));

TEST(Crew, SharesOutARound) {
  std::array<std::thread::id, kTasks> by{};
  Crew crew(1, kTasks, [&](std::uint32_t i) {
    by[i] = std::this_thread::get_id();
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  });
  crew.start();
  std::this_thread::sleep_for(std::chrono::milliseconds{10});
  crew.finish();
  int own = 0;
  for (const std::thread::id id : by) own += id == std::this_thread::get_id() ? 1 : 0;
  EXPECT_LT(own, static_cast<int>(kTasks)) << "the worker took none";
}

}  // namespace
}  // namespace tapstat::analysis
