// What is made to fill tables fills them to their bounds and no further, and each packet of it
// costs about what any other does.
#include "tests/hostile/attacks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "analysis/engine.h"
#include "analysis/forwarding/leg_table.h"
#include "analysis/tcp/connections.h"
#include "analysis/tcp/event_log.h"
#include "app/views.h"
#include "report/forwarded.h"
#include "report/report.h"
#include "tests/hostile/heap.h"
#include "tests/support/everything_wanted.h"

namespace tapstat::test {
namespace {

using report::Format;
using report::View;

constexpr std::uint32_t kPackets = 40'000;
constexpr std::size_t kMemory = std::size_t{8} << 20;  // of each kind of table that has a choice

// Processor time, which other programs do not take part in.
[[nodiscard]] double seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

[[nodiscard]] analysis::Wanted all_within_bounds() {
  analysis::Wanted wanted = everything_wanted();
  wanted.memory = kMemory;
  return wanted;
}

class Victim {
 public:
  Victim() : engine_(0x5ec7e7, settings(), all_within_bounds(), &hosts_) {}

  // Packets `from` to `to` of it, ten microseconds apart.
  void suffer(const Attack& attack, std::uint32_t from, std::uint32_t to) {
    constexpr std::uint32_t kAtOnce = 1000;
    for (; from < to; from += kAtOnce) {
      bytes_.clear();
      frames_.clear();
      for (std::uint32_t i = from; i < std::min(from + kAtOnce, to); ++i) {
        attack.change(frame_.empty() ? frame_ = attack.first : frame_, i);
        bytes_.push_back(frame_);
      }
      for (const Buffer& bytes : bytes_) {
        ++number_;
        frames_.push_back(frame_of(bytes, std::chrono::microseconds{10 * number_}, number_));
        frames_.back().interface = static_cast<std::uint16_t>(number_ % attack.points);
      }
      engine_.take(frames_);
    }
  }
  void finish() { engine_.finish(); }
  [[nodiscard]] const analysis::Engine& engine() const { return engine_; }

 private:
  [[nodiscard]] analysis::tcp::Settings settings() {
    return {.journal = true, .analysis = true, .events = &events_, .memory = kMemory};
  }

  analysis::HostNames hosts_;
  analysis::tcp::EventLog events_{std::nullopt, kMemory};
  analysis::Engine engine_;
  Buffer frame_;
  std::vector<Buffer> bytes_;
  std::vector<capture::Frame> frames_;
  std::uint64_t number_ = 0;
};

class Counting final : public report::Output {
 public:
  void write(std::string_view text) override { bytes_ += text.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

[[nodiscard]] std::size_t print_all(const analysis::Engine& engine) {
  const analysis::Model model = engine.model();
  const report::Forwarded forwarded(model, model.totals.last.value_or(capture::Timestamp{}));
  capture::InputInfo input;
  input.path = "input";
  const report::Report report{
      .model = model, .inputs = {&input}, .zone = report::Zone::utc, .forwarded = &forwarded};
  Counting out;
  for (const app::ViewEntry& entry : app::views()) {
    if (!entry.view || entry.view == View::ladder) continue;  // which is of one connection
    report::print(report, *entry.view, Format::json, out);
    report::print(report, *entry.view, Format::text, out);
  }
  return out.bytes();
}

class Attacks : public testing::TestWithParam<Attack> {};

// Each kind of table has its bound; no attack fills many.
TEST_P(Attacks, StayInsideTheirBounds) {
  const std::size_t before = heap_bytes();
  Victim victim;
  const std::size_t empty = heap_bytes();
  victim.suffer(GetParam(), 0, kPackets / 4);
  const std::size_t early = heap_bytes();
  victim.suffer(GetParam(), kPackets / 4, kPackets);
  victim.finish();
  const std::size_t late = heap_bytes();
  RecordProperty("empty", static_cast<int>((empty - before) >> 10));
  RecordProperty("early", static_cast<int>((early - before) >> 10));
  RecordProperty("late", static_cast<int>((late - before) >> 10));
  if (std::getenv("TAPSTAT_TELL") != nullptr)
    std::printf("%-20s empty %6zu early %6zu late %6zu KiB\n", GetParam().name.c_str(),
                (empty - before) >> 10, (early - before) >> 10, (late - before) >> 10);
  // Each table of each shard of the connections has a first chunk of 2 MiB, most of it never
  // touched; after those only what is kept counts.
  EXPECT_LT(early - empty, std::size_t{192} << 20);
  EXPECT_LT(late - early, std::size_t{32} << 20);
}

TEST_P(Attacks, CostNoMorePerPacketTheLongerTheyLast) {
  Victim victim;
  std::array<double, 4> took{};
  for (std::uint32_t i = 0; i < took.size(); ++i) {
    const double begun = seconds();
    victim.suffer(GetParam(), kPackets / 4 * i, kPackets / 4 * (i + 1));
    took[i] = seconds() - begun;
  }
  victim.finish();
  const double begun = seconds();
  const std::size_t printed = print_all(victim.engine());
  const double printing = seconds() - begun;
  const double each = took.back() / (kPackets / 4.0) * 1e6;
  if (std::getenv("TAPSTAT_TELL") != nullptr)
    std::printf("%-20s %6.1f %6.1f %6.1f %6.1f us each, %.2f s to print %zu MB\n",
                GetParam().name.c_str(), took[0] / (kPackets / 4.0) * 1e6,
                took[1] / (kPackets / 4.0) * 1e6, took[2] / (kPackets / 4.0) * 1e6, each, printing,
                printed >> 20);
  // Generous: tables outgrow caches, and the sanitizers take their part.
  EXPECT_TRUE(took.back() < 4 * took.front() || each < 30) << each << " us a packet at last";
  EXPECT_LT(printing, 10) << "longer is taken for a hang";
}

INSTANTIATE_TEST_SUITE_P(All, Attacks, testing::ValuesIn(attacks()), [](const auto& test) {
  std::string name = test.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace tapstat::test
