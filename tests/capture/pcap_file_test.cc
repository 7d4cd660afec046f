#include "capture/pcap_file.h"

#include <gtest/gtest.h>

#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

struct MagicCase {
  const char* name;
  std::uint32_t magic;
  bool big_endian;
  std::int64_t fraction_ns;
};

class PcapMagic : public testing::TestWithParam<MagicCase> {};

TEST_P(PcapMagic, IsRead) {
  const MagicCase& c = GetParam();
  PcapWriter file({.big_endian = c.big_endian, .magic = c.magic, .snaplen = 96, .link = 113});
  file.record(5, 123'456, some_frame(60, 1));
  file.record(1'700'000'000, 0, some_frame(96, 2), 1500);
  const Capture got = read_memory(file.bytes());
  ASSERT_EQ(got.error, "");
  EXPECT_EQ(got.damage(), "");
  ASSERT_EQ(got.frames.size(), 2u);
  EXPECT_EQ(got.frames[0], (FrameCopy{5 * kSecond + 123'456 * c.fraction_ns, some_frame(60, 1), 1,
                                      60, LinkType::linux_sll, 0}));
  EXPECT_EQ(got.frames[1], (FrameCopy{1'700'000'000 * kSecond, some_frame(96, 2), 2, 1500,
                                      LinkType::linux_sll, 0}));
}

INSTANTIATE_TEST_SUITE_P(All, PcapMagic,
                         testing::Values(MagicCase{"micro_le", 0xa1b2c3d4, false, 1000},
                                         MagicCase{"micro_be", 0xa1b2c3d4, true, 1000},
                                         MagicCase{"nano_le", 0xa1b23c4d, false, 1},
                                         MagicCase{"nano_be", 0xa1b23c4d, true, 1},
                                         MagicCase{"kuznetzov_le", 0xa1b2cd34, false, 1000},
                                         MagicCase{"kuznetzov_be", 0xa1b2cd34, true, 1000}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(PcapFile, TellsWhatItRead) {
  PcapWriter file({.snaplen = 96});
  file.record(10, 0, some_frame(96, 1), 1000).record(9, 5, some_frame(50, 2)).record(20, 0, {});
  const InputInfo info = read_memory(file.bytes()).info;
  EXPECT_EQ(info.path, "x.pcap");
  EXPECT_EQ(info.format, "pcap");
  EXPECT_EQ(info.compression, "");
  EXPECT_EQ(info.link_types, std::vector{LinkType::ethernet});
  EXPECT_EQ(info.snaplen, 96u);
  EXPECT_EQ(info.packets, 3u);
  EXPECT_EQ(info.bytes, 1050u);
  EXPECT_EQ(info.snapped, 1u);
  EXPECT_EQ(info.first->time_since_epoch().count(), 9 * kSecond + 5000);
  EXPECT_EQ(info.last->time_since_epoch().count(), 20 * kSecond);
  EXPECT_FALSE(info.kernel_dropped.has_value());
}

TEST(PcapFile, WithoutRecordsHasNoTime) {
  const Capture got = read_memory(PcapWriter().bytes());
  EXPECT_EQ(got.error, "");
  EXPECT_EQ(got.damage(), "");
  EXPECT_TRUE(got.frames.empty());
  EXPECT_FALSE(got.info.first.has_value());
}

TEST(PcapFile, MasksWhatTheLinkTypeFieldHoldsBesides) {
  const Capture got =
      read_memory(PcapWriter({.link = 0x24000001}).record(1, 0, some_frame(20, 1)).bytes());
  ASSERT_EQ(got.frames.size(), 1u);
  EXPECT_EQ(got.frames[0].link, LinkType::ethernet);
}

TEST(PcapFile, CarriesFractionsOfASecondOrMore) {
  PcapWriter micro;
  micro.record(1, 2'500'000, {}).record(1, 0xffffffff, {});
  const Capture got = read_memory(micro.bytes());
  ASSERT_EQ(got.frames.size(), 2u);
  EXPECT_EQ(got.frames[0].ns, 3'500'000'000);
  EXPECT_EQ(got.frames[1].ns, kSecond + 4'294'967'295'000);
}

TEST(PcapFile, KeepsCapturedBytesPastTheWireLength) {
  const Capture got = read_memory(PcapWriter().record(1, 0, some_frame(60, 1), 46).bytes());
  ASSERT_EQ(got.frames.size(), 1u);
  EXPECT_EQ(got.frames[0].bytes.size(), 60u);
  EXPECT_EQ(got.frames[0].wire_len, 60u);
}

TEST(PcapFile, KeepsCapturedBytesPastTheSnaplen) {
  const Capture got =
      read_memory(PcapWriter({.snaplen = 0}).record(1, 0, some_frame(60, 1)).bytes());
  ASSERT_EQ(got.frames.size(), 1u);
  EXPECT_EQ(got.frames[0].bytes.size(), 60u);
  EXPECT_EQ(got.info.snaplen, 0u);
}

// Old files have the wire length first: always before 2.3, sometimes in 2.3, and in DG/UX's 543.0.
TEST(PcapFile, ReadsTheLengthOrderOfOldVersions) {
  for (const auto& [major, minor] : {std::pair{2, 2}, {2, 3}, {543, 0}}) {
    PcapWriter file(
        {.major = static_cast<std::uint16_t>(major), .minor = static_cast<std::uint16_t>(minor)});
    file.record_header(1500, 0).record_header(60, 0);
    const Capture got = read_memory(file.bytes());
    ASSERT_EQ(got.frames.size(), 2u) << major << "." << minor << got.damage();
    EXPECT_EQ(got.frames[0].wire_len, 1500u);
    EXPECT_TRUE(got.frames[0].bytes.empty());
  }
  PcapWriter in_order({.minor = 3});
  in_order.record(1, 0, some_frame(60, 1), 1500);
  const Capture got = read_memory(in_order.bytes());
  ASSERT_EQ(got.frames.size(), 1u);
  EXPECT_EQ(got.frames[0].bytes.size(), 60u);
}

TEST(PcapFile, StopsAtALengthNoCaptureHas) {
  PcapWriter file;
  file.record(1, 0, some_frame(60, 1)).record_header(99'999'999, 99'999'999);
  const Capture got = read_memory(file.bytes());
  EXPECT_EQ(got.frames.size(), 1u);
  EXPECT_EQ(got.damage(),
            "x.pcap: record 2 at byte 100 says 99999999 captured bytes, more than a capture's "
            "limit of 262144: reading stops here");
}

TEST(PcapFile, ReadsTheLargestRecords) {
  const Capture got = read_memory(
      PcapWriter().record(1, 0, some_frame(262144, 1)).record(2, 0, some_frame(262144, 2)).bytes());
  ASSERT_EQ(got.frames.size(), 2u);
  EXPECT_EQ(got.frames[1].bytes, some_frame(262144, 2));
  // USB captures may have longer ones, longer than the first block of memory too.
  const Capture usb =
      read_memory(PcapWriter({.link = 249}).record(1, 0, some_frame(3'000'000, 1)).bytes());
  ASSERT_EQ(usb.frames.size(), 1u);
  EXPECT_EQ(usb.frames[0].bytes, some_frame(3'000'000, 1));
}

TEST(PcapFile, KeepsRecordsWholeAcrossBlocks) {
  PcapWriter file;
  constexpr std::uint32_t kRecords = 40'000;
  for (std::uint32_t i = 0; i < kRecords; ++i) {
    file.record(i, 0, some_frame(i % 200, static_cast<std::uint8_t>(i)));
  }
  const Capture got = read_memory(file.bytes());
  ASSERT_EQ(got.frames.size(), kRecords);
  for (std::uint32_t i = 0; i < kRecords; ++i) {
    const FrameCopy& frame = got.frames[i];
    ASSERT_EQ(frame.number, i + 1);
    ASSERT_EQ(frame.ns, i * kSecond);
    ASSERT_EQ(frame.bytes, some_frame(i % 200, static_cast<std::uint8_t>(i)));
  }
}

TEST(PcapFile, SaysWhereItIsCutShort) {
  PcapWriter file;
  file.record(1, 0, some_frame(60, 1)).record(2, 0, some_frame(98, 2));
  Buffer bytes = file.bytes();
  bytes.resize(100 + 16 + 30);
  EXPECT_EQ(read_memory(bytes).damage(),
            "x.pcap: cut short in record 2 at byte 100: 30 bytes of 98 are there");
  bytes.resize(100 + 7);
  EXPECT_EQ(read_memory(bytes).damage(),
            "x.pcap: cut short in the header of record 2 at byte 100: 7 bytes of 16 are there");
  bytes.resize(100);
  EXPECT_EQ(read_memory(bytes).damage(), "");
}

TEST(PcapFile, RefusesWhatIsNoFileHeader) {
  Buffer bytes = PcapWriter().bytes();
  bytes.resize(20);
  EXPECT_EQ(read_memory(bytes).error,
            "x.pcap: 20 bytes are too short for a pcap file header of 24");
  EXPECT_EQ(read_memory(PcapWriter({.major = 1, .minor = 4}).bytes()).error,
            "x.pcap: is a pcap file of version 1.4, which nothing reads");
}

}  // namespace
}  // namespace tapstat::capture::test
