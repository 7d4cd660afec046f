#include "capture/decompress.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

struct Codec {
  const char* name;
  Buffer (*compress)(Bytes bytes);
};

class Decompress : public testing::TestWithParam<Codec> {
 protected:
  [[nodiscard]] static Buffer compressed(Bytes bytes) { return GetParam().compress(bytes); }
};

// Large enough for several blocks of every kind, and only partly compressible.
Buffer large_pcap() {
  std::mt19937 random(1);
  PcapWriter file;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    Buffer frame = some_frame(1000, static_cast<std::uint8_t>(i));
    for (std::size_t k = 0; k < 300; ++k) frame[k] = static_cast<std::uint8_t>(random());
    file.record(i, 0, frame);
  }
  return file.bytes();
}

Buffer small_pcap() {
  PcapWriter file;
  for (std::uint32_t i = 0; i < 20; ++i) {
    file.record(i, 0, some_frame(60 + i, static_cast<std::uint8_t>(i)));
  }
  return file.bytes();
}

TEST_P(Decompress, GivesTheSameFrames) {
  const Buffer plain = large_pcap();
  const Capture got = read_memory(compressed(plain));
  EXPECT_EQ(got.error, "");
  EXPECT_EQ(got.damage(), "");
  EXPECT_EQ(got.info.compression, GetParam().name);
  EXPECT_EQ(got.info.format, "pcap");
  EXPECT_EQ(got.frames, read_memory(plain).frames);
}

TEST_P(Decompress, ReadsOneMemberAfterAnother) {
  const Buffer plain = large_pcap();
  const Bytes all = plain;
  Buffer members = concat(compressed(all.first(10)), compressed({}));
  members = concat(members, compressed(all.subspan(10, 1'000'000)));
  members = concat(members, compressed(all.subspan(1'000'010)));
  const Capture got = read_memory(members);
  EXPECT_EQ(got.damage(), "");
  EXPECT_EQ(got.frames, read_memory(plain).frames);
}

TEST_P(Decompress, SaysWhereTheDataIsCut) {
  const Buffer plain = small_pcap();
  Buffer file = compressed(plain);
  const Buffer second = compressed(plain);
  const std::size_t whole = file.size();
  file.insert(file.end(), second.begin(), second.begin() + 9);
  const Capture got = read_memory(file);
  EXPECT_EQ(got.frames, read_memory(plain).frames);
  EXPECT_EQ(got.damage(), std::string("x.pcap: the ") + GetParam().name +
                              " data is cut short after " + std::to_string(whole + 9) +
                              " compressed bytes: reading stops after 20 packets");
}

TEST_P(Decompress, HandsOutWhatIsBeforeDamage) {
  const Buffer plain = large_pcap();
  const Capture whole = read_memory(plain);
  Buffer file = compressed(plain);
  // The start of another member, with a header that no writer makes.
  const Buffer magic(file.begin(), file.begin() + 4);
  file = concat(concat(file, magic), Buffer(64, 0xff));
  const Capture got = read_memory(file);
  EXPECT_EQ(got.frames, whole.frames);
  const std::string start =
      std::string("x.pcap: the ") + GetParam().name + " data is damaged at compressed byte ";
  EXPECT_EQ(got.damage().substr(0, start.size()), start);
  const std::string end = "): reading stops after 3000 packets";
  EXPECT_EQ(got.damage().substr(got.damage().size() - end.size()), end);
}

// Which of the two is noticed first, the bad data or the record they make no sense in, depends on
// the format; either is said, after the frames before.
TEST_P(Decompress, NoticesDamageInside) {
  const Capture whole = read_memory(large_pcap());
  Buffer file = compressed(large_pcap());
  for (std::size_t i = 0; i < 64; ++i) file[file.size() * 3 / 4 + i] ^= 0xff;
  const Capture got = read_memory(file);
  ASSERT_GT(got.frames.size(), 1000u);
  for (std::size_t i = 0; i < 1000; ++i) ASSERT_EQ(got.frames[i], whole.frames[i]);
  EXPECT_NE(got.damage(), "");
}

TEST_P(Decompress, SaysThatOffsetsAreOfTheUncompressedData) {
  const Capture got =
      read_memory(compressed(PcapWriter().record_header(99'999'999, 99'999'999).bytes()));
  EXPECT_EQ(got.damage(),
            "x.pcap: record 1 at byte 24 of the uncompressed data says 99999999 captured bytes, "
            "more than a capture's limit of 262144: reading stops here");
}

TEST_P(Decompress, ReportsBytesAfterTheLastMember) {
  const Buffer plain = small_pcap();
  const Capture got =
      read_memory(concat(compressed(plain), Buffer{'j', 'u', 'n', 'k', 0, 0, 0, 0}));
  EXPECT_EQ(got.frames.size(), 20u);
  EXPECT_NE(got.damage(), "");
}

INSTANTIATE_TEST_SUITE_P(All, Decompress,
                         testing::Values(Codec{"gzip", gzipped}, Codec{"zstd", zstd_compressed},
                                         Codec{"lz4", lz4_compressed}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(DecompressSkippable, PassesOverSkippableFrames) {
  const Buffer plain = small_pcap();
  for (const auto compress : {zstd_compressed, lz4_compressed}) {
    Buffer file = concat(skippable_frame(some_frame(100, 1)), skippable_frame({}));
    file = concat(file, compress(Bytes(plain).first(500)));
    file = concat(file, skippable_frame(some_frame(5000, 1)));
    file = concat(file, compress(Bytes(plain).subspan(500)));
    file = concat(file, skippable_frame(some_frame(9, 1)));
    const Capture got = read_memory(file);
    EXPECT_EQ(got.damage(), "");
    EXPECT_EQ(got.frames, read_memory(plain).frames) << got.error;
  }
}

TEST(DecompressSkippable, AloneIsNoCapture) {
  EXPECT_EQ(read_memory(skippable_frame(some_frame(100, 1))).error, "x.pcap: is empty");
}

TEST(DecompressGzip, IgnoresPaddingWithZeros) {
  const Buffer plain = small_pcap();
  const Capture got = read_memory(concat(gzipped(plain), Buffer(5000)));
  EXPECT_EQ(got.damage(), "");
  EXPECT_EQ(got.frames.size(), 20u);
}

}  // namespace
}  // namespace tapstat::capture::test
