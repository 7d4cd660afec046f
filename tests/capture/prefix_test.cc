// Whatever is cut off or flipped: no crash, and what comes out is what stood before the damage.
#include <gtest/gtest.h>

#include <random>

#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

struct Form {
  const char* name;
  Buffer bytes;
};

Buffer pcap() {
  PcapWriter file;
  file.record(1, 2, some_frame(60, 1)).record(3, 4, some_frame(0, 2), 60);
  return file.record(5, 6, some_frame(75, 3)).bytes();
}

Buffer pcapng() {
  PcapngWriter file;
  file.section({"comment"}).interface({.tsresol = 9, .comments = {"another"}});
  file.enhanced(0, 1, some_frame(61, 1))
      .block(4, some_frame(30, 1))
      .obsolete(0, 2, some_frame(9, 2));
  file.section_in_order(true).interface({.link = 101});
  file.simple(some_frame(40, 3), 40).statistics({.kernel_dropped = 3});
  return file.bytes();
}

class EveryPrefix : public testing::TestWithParam<Form> {};

TEST_P(EveryPrefix, GivesAPrefixOfTheFrames) {
  const Buffer& bytes = GetParam().bytes;
  const Capture whole = read_memory(bytes);
  ASSERT_EQ(whole.damage(), "");
  ASSERT_EQ(whole.frames.size(), 3u);
  std::size_t frames_before = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Buffer prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const Capture got = read_memory(prefix);
    ASSERT_LE(got.frames.size(), whole.frames.size());
    ASSERT_GE(got.frames.size(), frames_before);  // more bytes never give less
    frames_before = got.frames.size();
    for (std::size_t i = 0; i < got.frames.size(); ++i) ASSERT_EQ(got.frames[i], whole.frames[i]);
    // Either it says what is wrong, by name, or the cut fell between two records.
    const std::string message = got.error + got.damage();
    if (!message.empty()) {
      ASSERT_EQ(message.find("x.pcap: "), 0u) << size << ": " << message;
    }
    if (!got.info.compression.empty()) {
      ASSERT_NE(message, "") << size;
    }
  }
}

TEST_P(EveryPrefix, SurvivesFlippedBits) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    Buffer bytes = GetParam().bytes;
    for (int flips = 1 + round % 3; flips > 0; --flips) {
      bytes[random() % bytes.size()] ^= static_cast<std::uint8_t>(1u << random() % 8);
    }
    const Capture got = read_memory(bytes);
    for (const FrameCopy& frame : got.frames) ASSERT_LE(frame.bytes.size(), frame.wire_len);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryPrefix,
                         testing::Values(Form{"pcap", pcap()}, Form{"pcapng", pcapng()},
                                         Form{"pcap_gzip", gzipped(pcap())},
                                         Form{"pcapng_gzip", gzipped(pcapng())},
                                         Form{"pcap_zstd", zstd_compressed(pcap())},
                                         Form{"pcapng_lz4", lz4_compressed(pcapng())}),
                         [](const auto& test) { return std::string(test.param.name); });

// The same packets, however they are written down.
TEST(Forms, GiveTheSameFrames) {
  PcapWriter pcap;
  PcapngWriter pcapng(true);
  pcapng.section().interface();
  for (std::uint32_t i = 0; i < 500; ++i) {
    const Buffer frame = some_frame(i, static_cast<std::uint8_t>(i));
    pcap.record(1000 + i, i, frame, 600);
    pcapng.enhanced(0, (1000 + i) * std::uint64_t{1'000'000} + i, frame, 600);
  }
  const Capture expected = read_memory(pcap.bytes());
  ASSERT_EQ(expected.frames.size(), 500u);
  for (const auto compress : {gzipped, zstd_compressed, lz4_compressed}) {
    EXPECT_EQ(read_memory(compress(pcap.bytes())).frames, expected.frames);
    EXPECT_EQ(read_memory(compress(pcapng.bytes())).frames, expected.frames);
  }
  EXPECT_EQ(read_memory(pcapng.bytes()).frames, expected.frames);
  EXPECT_EQ(read_path(TemporaryFile(pcapng.bytes()).path()).frames, expected.frames);
}

}  // namespace
}  // namespace tapstat::capture::test
