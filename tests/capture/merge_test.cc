#include "capture/merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "capture/open_file.h"
#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

using Seconds = std::vector<std::uint32_t>;

// A capture with one frame at each time; its bytes say which frame of which capture it is.
Buffer capture_at(const Seconds& times, std::uint8_t id) {
  PcapWriter file;
  std::uint8_t n = 0;
  for (const std::uint32_t t : times) file.record(t, 0, {id, n++});
  return file.bytes();
}

std::vector<FrameCopy> merged(const std::vector<Buffer>& captures) {
  std::vector<std::unique_ptr<Source>> sources;
  sources.reserve(captures.size());
  for (const Buffer& bytes : captures) sources.push_back(open_memory(bytes, "x").value());
  const auto source = merge(std::move(sources));
  EXPECT_TRUE(source);
  return read_frames(**source);
}

// What a merged frame is: when, from which input, and its place there.
struct Row {
  std::int64_t seconds;
  int input, place;
  friend bool operator==(const Row&, const Row&) = default;
};

std::vector<Row> rows(const std::vector<FrameCopy>& frames) {
  std::vector<Row> all;
  for (const FrameCopy& f : frames) {
    EXPECT_EQ(f.number, all.size() + 1);
    EXPECT_EQ(f.bytes[0], f.input);
    all.push_back({f.ns / 1'000'000'000, f.input, f.bytes[1]});
  }
  return all;
}

TEST(Merge, OrdersByTimeAndNumbersAnew) {
  EXPECT_EQ(rows(merged({capture_at({1, 4, 9}, 0), capture_at({2, 3, 10}, 1)})),
            (std::vector<Row>{{1, 0, 0}, {2, 1, 0}, {3, 1, 1}, {4, 0, 1}, {9, 0, 2}, {10, 1, 2}}));
}

TEST(Merge, TakesTheFirstInputsFrameWhereTimesAreEqual) {
  EXPECT_EQ(rows(merged({capture_at({5, 5}, 0), capture_at({5, 5}, 1), capture_at({4, 5}, 2)})),
            (std::vector<Row>{{4, 2, 0}, {5, 0, 0}, {5, 0, 1}, {5, 1, 0}, {5, 1, 1}, {5, 2, 1}}));
}

TEST(Merge, KeepsTheOrderOfAnInputThatIsOutOfOrder) {
  EXPECT_EQ(rows(merged({capture_at({5, 1, 6}, 0), capture_at({2, 7}, 1)})),
            (std::vector<Row>{{2, 1, 0}, {5, 0, 0}, {1, 0, 1}, {6, 0, 2}, {7, 1, 1}}));
}

TEST(Merge, TakesEmptyInputs) {
  EXPECT_EQ(rows(merged({capture_at({}, 0), capture_at({2}, 1), capture_at({}, 2)})),
            (std::vector<Row>{{2, 1, 0}}));
}

TEST(Merge, GivesOneSourceBackAsItIs) {
  const Buffer bytes = capture_at({1}, 0);
  std::vector<std::unique_ptr<Source>> sources;
  sources.push_back(open_memory(bytes, "x").value());
  const Source* one = sources.front().get();
  EXPECT_EQ(merge(std::move(sources)).value().get(), one);
}

TEST(Merge, ListsAllInputsAndTheirDamage) {
  const Buffer whole = capture_at({1, 3}, 0);
  Buffer cut = capture_at({2, 4}, 1);
  cut.pop_back();
  std::vector<std::unique_ptr<Source>> sources;
  sources.push_back(open_memory(whole, "whole").value());
  sources.push_back(open_memory(cut, "cut").value());
  const auto source = merge(std::move(sources)).value();
  EXPECT_EQ(read_frames(*source).size(), 3u);
  EXPECT_EQ(source->progress(), 1.0);
  const auto inputs = source->inputs();
  ASSERT_EQ(inputs.size(), 2u);
  EXPECT_EQ(inputs[0]->path, "whole");
  EXPECT_FALSE(inputs[0]->damage.has_value());
  EXPECT_EQ(inputs[1]->packets, 1u);
  EXPECT_TRUE(inputs[1]->damage.has_value());
}

// Batches, blocks and the merged batch end in different places; the result must not show it.
TEST(Merge, EqualsAStableSortOfOrderedInputs) {
  std::mt19937 random(3);
  std::vector<Buffer> captures;
  std::vector<FrameCopy> expected;
  for (std::uint8_t id = 0; id < 5; ++id) {
    Seconds times(1000 + 700u * id);
    for (auto& t : times) t = static_cast<std::uint32_t>(random() % 3000);
    std::sort(times.begin(), times.end());
    captures.push_back(capture_at(times, id));
    for (FrameCopy frame : read_memory(captures.back()).frames) {
      frame.input = id;
      expected.push_back(frame);
    }
  }
  std::stable_sort(expected.begin(), expected.end(),
                   [](const FrameCopy& a, const FrameCopy& b) { return a.ns < b.ns; });
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i].number = i + 1;
  EXPECT_EQ(merged(captures), expected);
}

}  // namespace
}  // namespace tapstat::capture::test
