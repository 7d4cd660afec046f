// The two decoding paths agree on every frame of the captures below $TAPSTAT_CORPUS.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "capture/open_file.h"
#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

struct Tally {
  std::size_t captures = 0, frames = 0, segments = 0;
};

void expect_agreement(const std::string& path, Tally& tally) {
  const auto source = capture::open_file(path);
  if (!source) return;  // not a capture
  ++tally.captures;
  Decoder decoder;
  Packet packet;
  Segment segment;
  for (auto batch = (*source)->next_batch(); !batch.empty(); batch = (*source)->next_batch()) {
    decoder.begin_batch();
    for (const capture::Frame& frame : batch) {
      decoder.decode(frame, packet);
      ++tally.frames;
      if (packet.content == Content::tcp) ++tally.segments;
      if (!test::decode_straight(decoder, frame, segment)) continue;
      ASSERT_EQ(packet.content, Content::tcp) << path << " frame " << frame.number;
      ASSERT_EQ(test::difference(segment, packet.segment), "") << path << " frame " << frame.number;
    }
  }
}

TEST(Corpus, BothPathsAgree) {
  const char* root = std::getenv("TAPSTAT_CORPUS");
  if (root == nullptr) GTEST_SKIP() << "TAPSTAT_CORPUS names no directory of captures";
  Tally tally;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) expect_agreement(entry.path().string(), tally);
    if (HasFatalFailure()) return;
  }
  RecordProperty("captures", std::to_string(tally.captures));
  RecordProperty("frames", std::to_string(tally.frames));
  RecordProperty("segments", std::to_string(tally.segments));
  EXPECT_GT(tally.segments, 0u);
}

}  // namespace
}  // namespace tapstat::decode
