#include "capture/kept_frames.h"

#include <gtest/gtest.h>

#include <string>

namespace tapstat::capture {
namespace {

constexpr std::size_t kMega = std::size_t{1} << 20;

// Frames of that many bytes, of which the first tells the number.
class Traffic {
 public:
  explicit Traffic(std::size_t size) : bytes_(size) {}
  void send(KeptFrames& to, int count) {
    for (int i = 0; i < count; ++i) {
      bytes_[0] = static_cast<std::uint8_t>(++number_);
      Frame frame;
      frame.time = Timestamp{std::chrono::seconds{number_}};
      frame.data = bytes_.data();
      frame.number = number_;
      frame.captured_len = static_cast<std::uint32_t>(bytes_.size());
      frame.wire_len = frame.captured_len + 4;
      to.keep({&frame, 1});
    }
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::uint64_t number_ = 0;
};

[[nodiscard]] std::vector<Frame> frames_of(KeptSource& source) {
  std::vector<Frame> all;
  for (auto batch = source.next_batch(); !batch.empty(); batch = source.next_batch()) {
    all.insert(all.end(), batch.begin(), batch.end());
  }
  return all;
}

[[nodiscard]] KeptSource source_of(KeptFrames& kept) { return {kept.all(), {}}; }

TEST(KeptFrames, AreHandedOutAsTheyCame) {
  KeptFrames kept(4 * kMega);
  Traffic(100).send(kept, 3);
  auto source = source_of(kept);
  const auto frames = frames_of(source);
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[1].number, 2u);
  EXPECT_EQ(frames[1].data[0], 2);
  EXPECT_EQ(frames[1].captured_len, 100u);
  EXPECT_EQ(frames[1].wire_len, 104u);
  EXPECT_EQ(frames[1].time, Timestamp{std::chrono::seconds{2}});
  EXPECT_TRUE(source.next_batch().empty());
}

TEST(KeptFrames, OfALongFrameTheBeginningIsKept) {
  KeptFrames kept(4 * kMega);
  Traffic(1500).send(kept, 1);
  auto source = source_of(kept);
  const auto frames = frames_of(source);
  EXPECT_EQ(frames[0].captured_len, KeptFrames::kMostOfAFrame);
  EXPECT_EQ(frames[0].wire_len, 1504u);
}

TEST(KeptFrames, TheOldestMakeRoom) {
  KeptFrames kept(4 * kMega);
  Traffic traffic(100);
  traffic.send(kept, 200'000);
  auto source = source_of(kept);
  const auto frames = frames_of(source);
  EXPECT_LT(frames.size(), 60'000u);
  EXPECT_GT(frames.size(), 10'000u);
  EXPECT_EQ(frames.back().number, 200'000u);
  EXPECT_EQ(frames.front().number, 200'000u - frames.size() + 1);
}

TEST(KeptFrames, StayForWhoeverReadsThem) {
  KeptFrames kept(4 * kMega);
  Traffic traffic(100);
  traffic.send(kept, 10);
  auto source = source_of(kept);
  traffic.send(kept, 200'000);
  const auto frames = frames_of(source);
  ASSERT_EQ(frames.size(), 10u);
  for (std::size_t i = 0; i < frames.size(); ++i) EXPECT_EQ(frames[i].data[0], i + 1);
}

TEST(KeptFrames, WithoutAnyThereIsNothing) {
  KeptFrames kept(0);
  auto source = source_of(kept);
  EXPECT_TRUE(source.next_batch().empty());
  EXPECT_EQ(source.progress(), 1.0);
}

}  // namespace
}  // namespace tapstat::capture
