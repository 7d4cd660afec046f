#include "capture/pcapng_file.h"

#include <gtest/gtest.h>

#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kTicks = 1'700'000'000'123'456;  // microseconds

using Strings = std::vector<std::string>;

TEST(PcapngFile, ReadsBothByteOrders) {
  for (const bool big_endian : {false, true}) {
    PcapngWriter file(big_endian);
    file.section().interface({.link = 101, .snaplen = 96});
    file.enhanced(0, kTicks, some_frame(61, 1)).enhanced(0, kTicks + 1, some_frame(96, 2), 1500);
    const Capture got = read_memory(file.bytes());
    ASSERT_EQ(got.error, "");
    EXPECT_EQ(got.damage(), "");
    ASSERT_EQ(got.frames.size(), 2u);
    EXPECT_EQ(got.frames[0],
              (FrameCopy{1'700'000'000'123'456'000, some_frame(61, 1), 1, 61, LinkType::raw, 0}));
    EXPECT_EQ(got.frames[1],
              (FrameCopy{1'700'000'000'123'457'000, some_frame(96, 2), 2, 1500, LinkType::raw, 0}));
    EXPECT_EQ(got.info.format, "pcapng");
    EXPECT_EQ(got.info.snaplen, 96u);
    EXPECT_EQ(got.info.snapped, 1u);
  }
}

TEST(PcapngFile, KeepsInterfacesApart) {
  PcapngWriter file;
  file.section()
      .interface({.link = 1, .snaplen = 96})
      .interface({.link = 113, .snaplen = 262144, .tsresol = 9})
      .interface({.link = 1, .tsresol = 0x80 | 10, .tsoffset = 100});
  file.enhanced(1, 7, some_frame(20, 1)).enhanced(2, 512, some_frame(21, 2));
  file.enhanced(0, 200'000'007, some_frame(22, 3));
  const Capture got = read_memory(file.bytes());
  ASSERT_EQ(got.frames.size(), 3u) << got.damage();
  EXPECT_EQ(got.frames[0].link, LinkType::linux_sll);
  EXPECT_EQ(got.frames[0].ns, 7);
  EXPECT_EQ(got.frames[1].ns, 100 * kSecond + kSecond / 2);
  EXPECT_EQ(got.frames[2].ns, 200 * kSecond + 7000);
  EXPECT_EQ(got.info.link_types, (std::vector{LinkType::ethernet, LinkType::linux_sll}));
  EXPECT_EQ(got.info.snaplen, 262144u);
}

TEST(PcapngFile, StartsAnewWithEachSection) {
  PcapngWriter file(false);
  file.section().interface({.link = 1}).interface({.link = 101}).enhanced(1, 1, some_frame(20, 1));
  file.section_in_order(true).interface({.link = 113, .tsresol = 9});
  file.enhanced(0, 2, some_frame(23, 2));
  const Capture got = read_memory(file.bytes());
  ASSERT_EQ(got.frames.size(), 2u) << got.damage();
  EXPECT_EQ(got.frames[1], (FrameCopy{2, some_frame(23, 2), 2, 23, LinkType::linux_sll, 0}));
  // The interfaces of the section before are gone.
  file.enhanced(1, 3, some_frame(20, 3));
  EXPECT_NE(read_memory(file.bytes()).damage().find("is of interface 1"), std::string::npos);
}

TEST(PcapngFile, ReadsSimpleAndObsoletePackets) {
  PcapngWriter file;
  file.section().interface({.link = 101, .snaplen = 40}).interface({.link = 1, .tsresol = 9});
  file.simple(some_frame(21, 1), 21);
  file.obsolete(1, 77, some_frame(22, 2)).simple(some_frame(40, 3), 1000);
  const Capture got = read_memory(file.bytes());
  ASSERT_EQ(got.frames.size(), 3u) << got.damage();
  EXPECT_EQ(got.frames[0], (FrameCopy{0, some_frame(21, 1), 1, 21, LinkType::raw, 0}));
  EXPECT_EQ(got.frames[1], (FrameCopy{77, some_frame(22, 2), 2, 22, LinkType::ethernet, 0}));
  // A simple packet has no time: it is as late as the one before it.
  EXPECT_EQ(got.frames[2], (FrameCopy{77, some_frame(40, 3), 3, 1000, LinkType::raw, 0}));
}

TEST(PcapngFile, PassesOverOtherBlocks) {
  PcapngWriter file;
  file.section().block(4, some_frame(40, 1)).interface();
  file.block(0xbad, {}).block(0x80000bad, some_frame(3'000'000, 2));
  file.enhanced(0, 1, some_frame(20, 1)).block(10, some_frame(16, 3));
  const Capture got = read_memory(file.bytes());
  EXPECT_EQ(got.damage(), "");
  EXPECT_EQ(got.frames.size(), 1u);
}

TEST(PcapngFile, KeepsCommentsOfSectionsAndInterfaces) {
  PcapngWriter file;
  file.section({"rack 7", "second"}).interface({.comments = {"span port"}});
  EXPECT_EQ(read_memory(file.bytes()).info.comments, (Strings{"rack 7", "second", "span port"}));
}

TEST(PcapngFile, BoundsComments) {
  PcapngWriter file;
  // 4095 letters and then one of two bytes, which the bound would cut in half.
  file.section({std::string(4095, 'x') + "\xc3\xa4"}).section(Strings(100, "more"));
  const Strings comments = read_memory(file.bytes()).info.comments;
  ASSERT_EQ(comments.size(), 32u);
  EXPECT_EQ(comments[0], std::string(4095, 'x'));
}

TEST(PcapngFile, SumsTheLastStatisticsOfEachInterface) {
  PcapngWriter file;
  file.section().interface().interface();
  file.statistics({.interface = 0, .interface_dropped = 1, .kernel_dropped = 10});
  file.statistics({.interface = 1, .kernel_dropped = 5});
  file.statistics({.interface = 0, .interface_dropped = 2, .kernel_dropped = 30});
  file.statistics({.interface = 9, .kernel_dropped = 1000});
  const InputInfo one = read_memory(file.bytes()).info;
  EXPECT_EQ(one.kernel_dropped, 35u);
  EXPECT_EQ(one.interface_dropped, 2u);
  file.section().interface().statistics({.interface = 0, .kernel_dropped = 7});
  EXPECT_EQ(read_memory(file.bytes()).info.kernel_dropped, 42u);
}

TEST(PcapngFile, HasNoStatisticsWhereNoneAreStated) {
  PcapngWriter file;
  file.section().interface().statistics({});
  const InputInfo info = read_memory(file.bytes()).info;
  EXPECT_FALSE(info.kernel_dropped.has_value());
  EXPECT_FALSE(info.interface_dropped.has_value());
}

struct DamageCase {
  const char* name;
  void (*damage)(Buffer& file);
  const char* message;
};

// Section header 32 bytes, interface 24, then an enhanced packet of 20 bytes at 56 and one at 108.
constexpr std::size_t kSecondPacket = 108;

Buffer two_packets() {
  PcapngWriter file;
  file.section().interface().enhanced(0, 1, some_frame(20, 1)).enhanced(0, 2, some_frame(20, 2));
  return file.bytes();
}

class PcapngDamage : public testing::TestWithParam<DamageCase> {};

TEST_P(PcapngDamage, EndsReadingAfterWhatWasWhole) {
  Buffer file = two_packets();
  ASSERT_EQ(file.size(), kSecondPacket + 52);
  GetParam().damage(file);
  const Capture got = read_memory(file);
  EXPECT_EQ(got.frames.size(), 1u);
  EXPECT_EQ(got.damage(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, PcapngDamage,
    testing::Values(
        DamageCase{"undefined_interface", [](Buffer& b) { b[kSecondPacket + 8] = 1; },
                   "x.pcap: packet 2 in the block at byte 108 is of interface 1, but its section "
                   "has described 1 of them so far: reading stops here"},
        DamageCase{"captured_length", [](Buffer& b) { b[kSecondPacket + 22] = 0x10; },
                   "x.pcap: packet 2 in the block at byte 108 says 1048596 captured bytes, more "
                   "than a capture's limit of 262144: reading stops here"},
        DamageCase{"captured_length_past_block", [](Buffer& b) { b[kSecondPacket + 20] = 21; },
                   "x.pcap: packet 2 in the block at byte 108 says 21 captured bytes in a block of "
                   "52: reading stops here"},
        DamageCase{"huge_packet_block", [](Buffer& b) { b[kSecondPacket + 7] = 0x10; },
                   "x.pcap: packet 2 in the block at byte 108 says 20 captured bytes in a block of "
                   "268435508: reading stops here"},
        DamageCase{"huge_other_block",
                   [](Buffer& b) {
                     b[kSecondPacket] = 0xee;
                     b[kSecondPacket + 7] = 0x10;
                   },
                   "x.pcap: the block at byte 108, after packet 1, says a length of 268435508 "
                   "bytes, more than a block's limit of 16777216: reading stops here"},
        DamageCase{"small_block", [](Buffer& b) { b[kSecondPacket + 4] = 8; },
                   "x.pcap: the block at byte 108, after packet 1, says a length of 8 bytes, less "
                   "than any block has: reading stops here"},
        DamageCase{"small_packet", [](Buffer& b) { b[kSecondPacket + 4] = 28; },
                   "x.pcap: the block at byte 108, after packet 1, is a packet in 28 bytes, which "
                   "are too few: reading stops here"},
        DamageCase{"trailer", [](Buffer& b) { b[kSecondPacket + 48] = 56; },
                   "x.pcap: the block at byte 108, after packet 1, says 52 bytes at its start and "
                   "56 at its end: reading stops here"},
        DamageCase{"trailer_of_other_block",
                   [](Buffer& b) {
                     b[kSecondPacket] = 0xee;
                     b[kSecondPacket + 48] = 56;
                   },
                   "x.pcap: the block at byte 108, after packet 1, says 52 bytes at its start and "
                   "56 at its end: reading stops here"},
        DamageCase{"interface_without_fields",
                   [](Buffer& b) {
                     b[kSecondPacket] = 1;
                     b[kSecondPacket + 4] = 16;
                   },
                   "x.pcap: the block at byte 108, after packet 1, of type 0x1 says a length of 16 "
                   "bytes, less than the 20 it must have: reading stops here"},
        DamageCase{"cut", [](Buffer& b) { b.resize(kSecondPacket + 30); },
                   "x.pcap: cut short in the block at byte 108, after packet 1: 30 bytes of 52 are "
                   "there"},
        DamageCase{"cut_in_other_block",
                   [](Buffer& b) {
                     b[kSecondPacket] = 0xee;
                     b.resize(kSecondPacket + 50);
                   },
                   "x.pcap: cut short in the block at byte 108, after packet 1: 50 bytes of 52 are "
                   "there"}),
    [](const auto& test) { return std::string(test.param.name); });

// Old ntar files leave a packet's padding out of the block's length, twice, but pad all the same.
TEST(PcapngFile, ReadsBlocksWhoseLengthLeavesThePaddingOut) {
  Buffer file = PcapngWriter().section().interface().enhanced(0, 1, some_frame(21, 1)).bytes();
  const std::size_t packet = file.size() - 56;
  file[packet + 4] = file[file.size() - 4] = 53;
  PcapngWriter more;
  file = concat(file, more.section().interface().enhanced(0, 2, some_frame(20, 2)).bytes());
  const Capture got = read_memory(file);
  EXPECT_EQ(got.damage(), "");
  ASSERT_EQ(got.frames.size(), 2u);
  EXPECT_EQ(got.frames[0].bytes, some_frame(21, 1));
}

TEST(PcapngFile, RefusesWhatIsNoSectionHeader) {
  Buffer file = two_packets();
  file[8] = 0;
  EXPECT_EQ(read_memory(file).error,
            "x.pcap: begins as a pcapng file, but its section header has no byte order");
  EXPECT_EQ(read_memory(PcapngWriter().section({}, 2).bytes()).error,
            "x.pcap: is of pcapng version 2.0, which is not known");
  file.resize(20);
  EXPECT_EQ(read_memory(file).error,
            "x.pcap: 20 bytes are too short for a pcapng section header of 28");
}

TEST(PcapngFile, StopsAtASectionOfAnotherVersion) {
  PcapngWriter file;
  file.section().interface().enhanced(0, 1, some_frame(20, 1)).section({}, 3);
  const Capture got = read_memory(file.bytes());
  EXPECT_EQ(got.frames.size(), 1u);
  EXPECT_EQ(got.damage(),
            "x.pcap: the block at byte 108, after packet 1, is of pcapng version 3.0, which is not "
            "known: reading stops here");
}

TEST(PcapngFile, BoundsTheInterfacesOfASection) {
  PcapngWriter unit;
  const std::size_t header = unit.section().bytes().size();
  const Buffer one = unit.interface().bytes();
  Buffer file(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(header));
  for (int i = 0; i <= 65536; ++i) {
    file.insert(file.end(), one.begin() + static_cast<std::ptrdiff_t>(header), one.end());
  }
  EXPECT_NE(read_memory(file).damage().find("an interface beyond the 65536 that are kept"),
            std::string::npos);
}

}  // namespace
}  // namespace tapstat::capture::test
